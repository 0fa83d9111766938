using System.Globalization;
using IotHubDsr.Core.Reports;

namespace IotHubDsr.Core.Tests.Reports;

/// <summary>Contrast as WCAG 2.1 defines it (1.4.3 for text, 1.4.11 for graphics), computed from the palette in both schemes.</summary>
public sealed class PaletteTests
{
    private const double Text = 4.5;
    private const double Graphics = 3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Page_TextAndLines_HaveContrast(bool dark)
    {
        foreach (PageColour ground in new[] { ReportPalette.Page, ReportPalette.Surface })
        {
            foreach (PageColour ink in new[] { ReportPalette.Text, ReportPalette.Muted, ReportPalette.Accent })
                AssertContrast(Text, Of(ink, dark), Of(ground, dark), $"{ink.Name} on {ground.Name}");
            AssertContrast(Graphics, Of(ReportPalette.Line, dark), Of(ground, dark), $"line on {ground.Name}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Verdicts_WordsAndShapes_HaveContrastOnTheirTintAndOnThePage(bool dark)
    {
        foreach (VerdictLook look in VerdictLook.All)
        {
            (string ink, string tint) = dark ? (look.Colours.DarkInk, look.Colours.DarkTint) : (look.Colours.Ink, look.Colours.Tint);
            AssertContrast(Text, ink, tint, $"{look.Word} on its tint");
            AssertContrast(Text, Of(ReportPalette.Text, dark), tint, $"text on the tint of {look.Word}");
            AssertContrast(Graphics, ink, Of(ReportPalette.Surface, dark), $"{look.Word} on the surface");
            AssertContrast(Graphics, ink, Of(ReportPalette.Page, dark), $"{look.Word} on the page");
        }
    }

    [Fact]
    public void Contrast_OfBlackOnWhite_Is21() => Assert.Equal(21, Contrast("#000000", "#ffffff"), 6);

    private static string Of(PageColour colour, bool dark) => dark ? colour.Dark : colour.Light;

    private static void AssertContrast(double least, string ink, string ground, string what)
    {
        double contrast = Contrast(ink, ground);
        Assert.True(contrast >= least, string.Create(CultureInfo.InvariantCulture, $"{what}: {contrast:0.00}"));
    }

    private static double Contrast(string first, string second)
    {
        double one = Luminance(first);
        double other = Luminance(second);
        return (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);
    }

    private static double Luminance(string colour) =>
        (0.2126 * Channel(colour, 1)) + (0.7152 * Channel(colour, 3)) + (0.0722 * Channel(colour, 5));

    private static double Channel(string colour, int start)
    {
        double value = int.Parse(colour.AsSpan(start, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
