using IotHubDsr.Core.Azure.Hub;
using static IotHubDsr.Core.Reports.SvgLabel;

namespace IotHubDsr.Core.Reports;

/// <summary>The picture of where the devices' data went: the hub, the ways out of it, the locations by verdict.</summary>
internal static class RoutePicture
{
    public const string SectionId = "routes";

    private const double Margin = 4;

    /// <summary>How much larger than on the screen the letters are on paper, where the picture is smaller.</summary>
    private const double PaperScale = 1.2;

    public static void Write(MarkupWriter html, ReportFacts facts)
    {
        var graph = RouteGraph.Of(facts.Locations);
        using (html.Section(SectionId, "Where the data went"))
        {
            html.Element(
                Tag.P,
                "From the hub, along its routes, subscriptions and settings, to the places that can hold data of the devices. Each place "
                    + "shows its verdict as a word and a shape."
            );
            using (
                html.Element(
                    Tag.Div,
                    (Attribute.Class, "scroll"),
                    (Attribute.Role, "region"),
                    (Attribute.AriaLabel, "Picture of where the data went"),
                    (Attribute.Tabindex, "0")
                )
            )
            using (
                html.Element(
                    Tag.Svg,
                    (Attribute.Class, "picture"),
                    (Attribute.Role, "img"),
                    (Attribute.AriaLabelledby, "routes-t routes-d"),
                    (Attribute.ViewBox, ViewBox(graph))
                )
            )
            {
                html.Element(Tag.Title, $"Where the data of {Counted.Of(facts.DeviceCount, "device")} went", (Attribute.Id, "routes-t"));
                html.Element(Tag.Desc, Description(graph, facts), (Attribute.Id, "routes-d"));
                Draw(html, graph, facts, onPaper: false);
            }

            foreach (RouteGraph part in RouteGraph.PartsOf(facts.Locations))
            {
                using (
                    html.Element(
                        Tag.Svg,
                        (Attribute.Class, "picture paper"),
                        (Attribute.AriaHidden, "true"),
                        (Attribute.ViewBox, ViewBox(part))
                    )
                )
                {
                    Draw(html, part, facts, onPaper: true);
                }
            }

            using (html.Element(Tag.P, (Attribute.Class, "note")))
            {
                html.Text("The same in words, with the reason for each place: ");
                html.Element(Tag.A, "Locations", (Attribute.Href, "#" + LocationSection.SectionId));
                html.Text(".");
            }
        }
    }

    private static string ViewBox(RouteGraph graph) =>
        $"{Number(-Margin)} {Number(-Margin)} {Number(RouteGraph.Width + (2 * Margin))} {Number(graph.Height + (2 * Margin))}";

    private static void Draw(MarkupWriter html, RouteGraph graph, ReportFacts facts, bool onPaper)
    {
        double scale = onPaper ? PaperScale : 1;
        Edges(html, graph);
        Hub(html, graph.Hub, facts.Model.HubHostName, scale);
        foreach (GraphWay way in graph.Ways)
            Way(html, way, scale);
        foreach (GraphSink sink in graph.Sinks)
            Sink(html, sink, scale);
    }

    private static string Description(RouteGraph graph, ReportFacts facts)
    {
        IEnumerable<string> verdicts = facts
            .Locations.GroupBy(static location => location.Verdict)
            .OrderByDescending(static group => group.Key)
            .Select(static group => $"{ReportParts.Count(group.Count())} {group.Key}");
        return $"The hub {facts.Model.HubHostName}, {Counted.Of(graph.Ways.Count, "way")} out of it, "
            + $"{Counted.Of(facts.Locations.Count, "location")}: {string.Join(", ", verdicts)}. The table of locations says the same in "
            + "words.";
    }

    private static void Edges(MarkupWriter html, RouteGraph graph)
    {
        foreach (GraphWay way in graph.Ways)
            html.Empty(Tag.Path, (Attribute.Class, "edge"), (Attribute.D, Curve(graph.Hub, way.Box)));
        foreach (GraphEdge edge in graph.Edges)
        {
            html.Empty(
                Tag.Path,
                (Attribute.Class, $"edge known {VerdictLook.Of(edge.Sink.Verdict).CssClass}"),
                (Attribute.D, Curve(edge.Way.Box, edge.Sink.Box))
            );
        }
    }

    private static string Curve(GraphBox from, GraphBox to)
    {
        double middle = (from.Right + to.X) / 2;
        return $"M{Number(from.Right)} {Number(from.Middle)}C{Number(middle)} {Number(from.Middle)} {Number(middle)} {Number(to.Middle)} "
            + $"{Number(to.X)} {Number(to.Middle)}";
    }

    private static void Hub(MarkupWriter html, GraphBox box, string hostName, double scale)
    {
        using (Box(html, "hub", box, hostName))
        {
            Label(html, "small", "IoT hub", 14, 25, box.Width - 28, 12 * scale);
            Label(html, "strong", hostName.Split('.')[0], 14, 45, box.Width - 28, 15 * scale);
        }
    }

    private static void Way(MarkupWriter html, GraphWay way, double scale)
    {
        using (Box(html, "way", way.Box, way.Label))
            Label(html, "label", way.Label, 14, 21, way.Box.Width - 28, 13 * scale);
    }

    private static void Sink(MarkupWriter html, GraphSink sink, double scale)
    {
        var look = VerdictLook.Of(sink.Verdict);
        using (Box(html, $"sink {look.CssClass}", sink.Box, $"{sink.Kind} {sink.Place}: {look.Word}"))
        {
            html.Empty(Tag.Path, (Attribute.Class, "shape"), (Attribute.Transform, "translate(14 15)"), (Attribute.D, look.Shape));
            Label(html, "strong", sink.Place, 42, 20, sink.Box.Width - 58, 13.5 * scale);
            html.Element(Tag.Text, look.Word, (Attribute.Class, "word"), (Attribute.X, "42"), (Attribute.Y, "37"));
            double room = sink.Box.Width - 70 - Width(look.Word, 12 * scale, isBold: true);
            html.Element(
                Tag.Text,
                Fit(sink.Kind, room, 12 * scale),
                (Attribute.Class, "small"),
                (Attribute.TextAnchor, "end"),
                (Attribute.X, Number(sink.Box.Width - 14)),
                (Attribute.Y, "37")
            );
        }
    }

    /// <summary>A box with its full text as title. What is drawn in it is cut off at its border, whatever font is used.</summary>
    private static BoxClosing Box(MarkupWriter html, string cssClass, GraphBox box, string title)
    {
        MarkupWriter.Closing group = html.Element(Tag.G, (Attribute.Class, cssClass));
        html.Element(Tag.Title, title);
        html.Empty(
            Tag.Rect,
            (Attribute.X, Number(box.X)),
            (Attribute.Y, Number(box.Y)),
            (Attribute.Width, Number(box.Width)),
            (Attribute.Height, Number(box.Height)),
            (Attribute.Rx, "8")
        );
        MarkupWriter.Closing clip = html.Element(
            Tag.Svg,
            (Attribute.X, Number(box.X)),
            (Attribute.Y, Number(box.Y)),
            (Attribute.Width, Number(box.Width - 4)),
            (Attribute.Height, Number(box.Height))
        );
        return new BoxClosing(clip, group);
    }

    private static void Label(MarkupWriter html, string cssClass, string text, double x, double y, double width, double fontSize) =>
        html.Element(
            Tag.Text,
            Fit(text, width, fontSize, isBold: cssClass == "strong"),
            (Attribute.Class, cssClass),
            (Attribute.X, Number(x)),
            (Attribute.Y, Number(y))
        );

    private readonly struct BoxClosing(MarkupWriter.Closing clip, MarkupWriter.Closing group) : IDisposable
    {
        public void Dispose()
        {
            clip.Dispose();
            group.Dispose();
        }
    }
}
