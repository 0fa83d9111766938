using System.Globalization;

namespace IotHubDsr.Core.Reports;

/// <summary>Parts that several sections of a report are made of.</summary>
internal static class ReportParts
{
    /// <summary>The symbol of a verdict and its word.</summary>
    public static void Badge(this MarkupWriter html, Verdict verdict, string? count = null)
    {
        var look = VerdictLook.Of(verdict);
        using (html.Element(Tag.Span, (Attribute.Class, $"badge {look.CssClass}")))
        {
            using (html.Element(Tag.Svg, (Attribute.ViewBox, "0 0 16 16"), (Attribute.Class, "symbol"), (Attribute.AriaHidden, "true")))
                html.Empty(Tag.Path, (Attribute.D, look.Shape));
            html.Element(Tag.Span, look.Word);
            if (count is not null)
                html.Element(Tag.Span, count, (Attribute.Class, "count"));
        }
    }

    /// <summary>Foreign text in running text: its writing direction does not affect its neighbours.</summary>
    public static void Data(this MarkupWriter html, string text) => html.Element(Tag.Bdi, text);

    public static void Time(this MarkupWriter html, DateTimeOffset instant) =>
        html.Element(Tag.Time, ReportTime.Minute(instant), (Attribute.Datetime, ReportTime.Machine(instant)));

    /// <summary>A section with its heading, which names it.</summary>
    public static MarkupWriter.Closing Section(this MarkupWriter html, string id, string heading)
    {
        MarkupWriter.Closing section = html.Element(Tag.Section, (Attribute.Id, id), (Attribute.AriaLabelledby, id + "-h"));
        html.Element(Tag.H2, heading, (Attribute.Id, id + "-h"));
        return section;
    }

    /// <summary>A table with its caption and head; rows follow in its body.</summary>
    public static TableClosing Table(this MarkupWriter html, string caption, params ReadOnlySpan<(string Heading, bool IsNumber)> columns)
    {
        MarkupWriter.Closing table = html.Element(Tag.Table);
        html.Element(Tag.Caption, caption);
        using (html.Element(Tag.Thead))
        {
            using (html.Element(Tag.Tr))
            {
                foreach ((string heading, bool isNumber) in columns)
                    html.Element(Tag.Th, heading, (Attribute.Scope, "col"), (Attribute.Class, isNumber ? "number" : "words"));
            }
        }

        return new TableClosing(html.Element(Tag.Tbody), table);
    }

    public static void Number(this MarkupWriter html, string label, long? number) =>
        html.Element(Tag.Td, Count(number), (Attribute.Class, "number"), (Attribute.DataLabel, label));

    public static string Count(long? number) => number is { } known ? Count(known) : Counted.Unknown;

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>One item of a list of names and values.</summary>
    public static MarkupWriter.Closing Fact(this MarkupWriter html, string name)
    {
        MarkupWriter.Closing item = html.Element(Tag.Div);
        html.Element(Tag.Dt, name);
        return item;
    }

    internal readonly struct TableClosing(MarkupWriter.Closing body, MarkupWriter.Closing table) : IDisposable
    {
        public void Dispose()
        {
            body.Dispose();
            table.Dispose();
        }
    }
}
