using static IotHubDsr.Core.Reports.SvgLabel;

namespace IotHubDsr.Core.Reports;

/// <summary>The course of the request: a picture on a scale of time, and the same as a table.</summary>
internal static class TimelineSection
{
    public const string SectionId = "timeline";

    private const double LaneHeight = 44;

    public static void Write(MarkupWriter html, ReportFacts facts)
    {
        using (html.Section(SectionId, "Timeline"))
        {
            using (
                html.Element(
                    Tag.Div,
                    (Attribute.Class, "scroll"),
                    (Attribute.Role, "region"),
                    (Attribute.AriaLabel, "Picture of the timeline"),
                    (Attribute.Tabindex, "0")
                )
            )
            {
                Picture(html, facts);
            }

            using (html.Table("What happened and what is due", ("No.", true), ("Time", false), ("Event", false)))
            {
                for (int index = 0; index < facts.Timeline.Count; index++)
                    Row(html, index + 1, facts.Timeline[index], facts.Model.WrittenAt);
            }
        }
    }

    private static void Row(MarkupWriter html, int number, TimelineEntry entry, DateTimeOffset now)
    {
        using (html.Element(Tag.Tr, (Attribute.Class, entry.At > now ? "ahead" : "past")))
        {
            html.Element(Tag.Td, ReportParts.Count(number), (Attribute.Class, "number"), (Attribute.DataLabel, "No."));
            using (html.Element(Tag.Td, (Attribute.Class, "when"), (Attribute.DataLabel, "Time")))
            {
                html.Time(entry.At);
                if (entry.At > now)
                    html.Element(Tag.Span, "ahead", (Attribute.Class, "tag"));
            }

            using (html.Element(Tag.Td, (Attribute.DataLabel, "Event")))
            {
                html.Element(Tag.Bdi, entry.What, (Attribute.Class, "what"));
                if (entry.Detail is { } detail)
                {
                    using (html.Element(Tag.P))
                        html.Data(detail);
                }
            }
        }
    }

    private static void Picture(MarkupWriter html, ReportFacts facts)
    {
        var layout = TimelineLayout.Of(facts.Timeline, facts.Model.WrittenAt);
        double axis = (layout.Lanes * LaneHeight) + 22;
        using (
            html.Element(
                Tag.Svg,
                (Attribute.Class, "picture"),
                (Attribute.Role, "img"),
                (Attribute.AriaLabelledby, "timeline-t timeline-d"),
                (Attribute.ViewBox, $"0 0 {Number(TimelineLayout.Width)} {Number(axis + 20)}")
            )
        )
        {
            html.Element(Tag.Title, "Timeline of the request", (Attribute.Id, "timeline-t"));
            html.Element(
                Tag.Desc,
                $"Received {ReportTime.Day(facts.Model.ReceivedAt)}, answer due {ReportTime.Day(facts.AnswerBy)}. "
                    + $"{Counted.Of(facts.Timeline.Count, "entry", "entries")}; the table below lists them by number.",
                (Attribute.Id, "timeline-d")
            );
            Line(html, "axis", 0, axis, layout.Now, axis);
            Line(html, "axis ahead", layout.Now, axis, TimelineLayout.Width, axis);
            foreach (TimelineLabel label in layout.Labels)
                Line(html, "leader", label.X, ((layout.Lanes - label.Lane) * LaneHeight) - 4, label.X, axis);
            foreach (TimelineLabel label in layout.Labels)
                Label(html, label, (layout.Lanes - label.Lane - 1) * LaneHeight);
            foreach (TimelineMark mark in layout.Marks)
                Mark(html, mark, axis);
        }
    }

    private static void Label(MarkupWriter html, TimelineLabel label, double top)
    {
        html.Element(
            Tag.Text,
            label.Text,
            (Attribute.Class, "strong"),
            (Attribute.TextAnchor, "middle"),
            (Attribute.X, Number(label.TextX)),
            (Attribute.Y, Number(top + 16))
        );
        html.Element(
            Tag.Text,
            label.Day,
            (Attribute.Class, "small"),
            (Attribute.TextAnchor, "middle"),
            (Attribute.X, Number(label.TextX)),
            (Attribute.Y, Number(top + 33))
        );
    }

    private static void Mark(MarkupWriter html, TimelineMark mark, double axis)
    {
        using (html.Element(Tag.G, (Attribute.Class, mark.IsAhead ? "mark ahead" : "mark")))
        {
            html.Empty(
                Tag.Rect,
                (Attribute.X, Number(mark.X - (mark.Width / 2))),
                (Attribute.Y, Number(axis - 12)),
                (Attribute.Width, Number(mark.Width)),
                (Attribute.Height, "24"),
                (Attribute.Rx, "12")
            );
            html.Element(
                Tag.Text,
                mark.Label,
                (Attribute.TextAnchor, "middle"),
                (Attribute.X, Number(mark.X)),
                (Attribute.Y, Number(axis + 4.5))
            );
        }
    }

    private static void Line(MarkupWriter html, string cssClass, double x1, double y1, double x2, double y2) =>
        html.Empty(
            Tag.Line,
            (Attribute.Class, cssClass),
            (Attribute.X1, Number(x1)),
            (Attribute.Y1, Number(y1)),
            (Attribute.X2, Number(x2)),
            (Attribute.Y2, Number(y2))
        );
}
