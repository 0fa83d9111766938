using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Core.Reports;

/// <summary>The style sheet of a report: the palette as variables, then the rules of <c>report.css</c>.</summary>
internal sealed class ReportStyle
{
    private ReportStyle(string text)
    {
        Text = text;
        string digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        ContentSecurityPolicy = $"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'";
    }

    public static ReportStyle Instance { get; } = new(Compose());

    public string Text { get; }

    /// <summary>Allows this style sheet and nothing else.</summary>
    public string ContentSecurityPolicy { get; }

    private static string Compose()
    {
        using var reader = new StreamReader(typeof(ReportStyle).Assembly.GetManifestResourceStream("report.css")!);
        var text = new StringBuilder();
        text.Append(":root{color-scheme:light dark;").Append(Variables(dark: false)).Append("}\n");
        text.Append("@media (prefers-color-scheme:dark){:root{").Append(Variables(dark: true)).Append("}}\n");
        // Paper is white, whatever the screen is.
        text.Append("@media print{:root{color-scheme:light;").Append(Variables(dark: false)).Append("}}\n");
        foreach (VerdictLook look in VerdictLook.All)
            text.Append($".{look.CssClass}{{--ink:var(--{look.CssClass}-ink);--tint:var(--{look.CssClass}-tint)}}\n");
        return text.Append(reader.ReadToEnd().ReplaceLineEndings("\n")).ToString();
    }

    private static string Variables(bool dark)
    {
        IEnumerable<(string Name, string Value)> colours = ReportPalette
            .All.Select(colour => (colour.Name, dark ? colour.Dark : colour.Light))
            .Concat(VerdictLook.All.Select(look => ($"{look.CssClass}-ink", dark ? look.Colours.DarkInk : look.Colours.Ink)))
            .Concat(VerdictLook.All.Select(look => ($"{look.CssClass}-tint", dark ? look.Colours.DarkTint : look.Colours.Tint)));
        return string.Concat(colours.Select(static colour => $"--{colour.Name}:{colour.Value};"));
    }
}

/// <summary>A colour of the page in both schemes.</summary>
/// <param name="Name">Name of its variable.</param>
/// <param name="Light">In the light scheme, as <c>#rrggbb</c>.</param>
/// <param name="Dark">In the dark scheme.</param>
internal sealed record PageColour(string Name, string Light, string Dark);

/// <summary>The colours of the page, besides those of the verdicts.</summary>
internal static class ReportPalette
{
    public static PageColour Page { get; } = new("page", "#f7f6f3", "#11151b");

    public static PageColour Surface { get; } = new("surface", "#ffffff", "#181e27");

    public static PageColour Text { get; } = new("text", "#1b222d", "#e7eaef");

    public static PageColour Muted { get; } = new("muted", "#566070", "#a5afbd");

    /// <summary>Hairlines between things that stand apart anyway.</summary>
    public static PageColour Hairline { get; } = new("hairline", "#e0dfda", "#2c3542");

    /// <summary>Lines that carry meaning: boxes, the axis of time.</summary>
    public static PageColour Line { get; } = new("line", "#808896", "#6f7b8c");

    public static PageColour Accent { get; } = new("accent", "#1d4f91", "#8fb8f2");

    public static IReadOnlyList<PageColour> All { get; } = [Page, Surface, Text, Muted, Hairline, Line, Accent];
}
