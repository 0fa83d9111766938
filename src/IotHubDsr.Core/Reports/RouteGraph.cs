namespace IotHubDsr.Core.Reports;

/// <summary>A place in the picture.</summary>
internal sealed record GraphBox(double X, double Y, double Width, double Height)
{
    public double Right => X + Width;

    public double Bottom => Y + Height;

    public double Middle => Y + (Height / 2);
}

/// <summary>A way that data takes out of the hub: a route, an event subscription, a diagnostic setting.</summary>
internal sealed record GraphWay(string Label, GraphBox Box);

/// <summary>A location, or several of one harmless verdict that are drawn as one.</summary>
internal sealed record GraphSink(string Place, string Kind, Verdict Verdict, GraphBox Box);

/// <summary>A way into a sink.</summary>
internal sealed record GraphEdge(GraphWay Way, GraphSink Sink);

/// <summary>Hub, ways and sinks, laid out in three columns so that no two boxes of a column meet.</summary>
internal sealed class RouteGraph
{
    public const double Width = 1080;

    /// <summary>From this number of locations on, those that hold nothing, or nothing any more, are drawn as one.</summary>
    public const int MaxSinks = 24;

    /// <summary>How many places a picture on paper has: with more, the labels would be too small to read.</summary>
    public const int SinksOnPaper = 12;

    private const double SinkHeight = 46;
    private const double WayHeight = 32;
    private const double Gap = 12;
    private const double HubHeight = 64;

    private RouteGraph(
        GraphBox hub,
        IReadOnlyList<GraphWay> ways,
        IReadOnlyList<GraphSink> sinks,
        IReadOnlyList<GraphEdge> edges,
        double height
    )
    {
        Hub = hub;
        Ways = ways;
        Sinks = sinks;
        Edges = edges;
        Height = height;
    }

    public GraphBox Hub { get; }

    public IReadOnlyList<GraphWay> Ways { get; }

    public IReadOnlyList<GraphSink> Sinks { get; }

    public IReadOnlyList<GraphEdge> Edges { get; }

    public double Height { get; }

    public static RouteGraph Of(IReadOnlyList<LocationSummary> locations) => Of(Nodes(locations));

    /// <summary>The same in parts that fit on paper.</summary>
    public static IEnumerable<RouteGraph> PartsOf(IReadOnlyList<LocationSummary> locations) =>
        Nodes(locations).Chunk(SinksOnPaper).Select(Of);

    private static Node[] Nodes(IReadOnlyList<LocationSummary> locations) =>
        [
            .. Grouped(locations)
                .OrderBy(static node => node.Ways[0].Order)
                .ThenBy(static node => node.Ways[0].Label, StringComparer.Ordinal)
                .ThenByDescending(static node => node.Verdict),
        ];

    private static RouteGraph Of(Node[] nodes)
    {
        string[] labels = [.. nodes.SelectMany(static node => node.Labels).Distinct(StringComparer.Ordinal)];
        double height = Math.Max(HubHeight, Math.Max((nodes.Length * (SinkHeight + Gap)) - Gap, (labels.Length * (WayHeight + Gap)) - Gap));

        double top = (height - ((nodes.Length * (SinkHeight + Gap)) - Gap)) / 2;
        GraphSink[] sinks =
        [
            .. nodes.Select(
                (node, index) =>
                    new GraphSink(
                        node.Place,
                        node.Kind,
                        node.Verdict,
                        new GraphBox(690, top + (index * (SinkHeight + Gap)), 390, SinkHeight)
                    )
            ),
        ];
        double[] wanted =
        [
            .. labels.Select(label =>
                nodes.Zip(sinks).Where(pair => pair.First.Labels.Contains(label)).Average(static pair => pair.Second.Box.Middle)
                - (WayHeight / 2)
            ),
        ];
        GraphWay[] ways =
        [
            .. labels.Zip(Spread(wanted, height), static (label, y) => new GraphWay(label, new GraphBox(285, y, 290, WayHeight))),
        ];
        IEnumerable<GraphEdge> edges = nodes
            .Zip(sinks)
            .SelectMany(pair => pair.First.Labels.Select(label => new GraphEdge(ways[Array.IndexOf(labels, label)], pair.Second)));
        // In a tall picture the hub stands where the reader begins.
        var hub = new GraphBox(0, Math.Min((height - HubHeight) / 2, 260), 190, HubHeight);
        return new RouteGraph(hub, ways, sinks, [.. edges], height);
    }

    /// <summary>Places as near to the wanted ones as the order and the gaps allow.</summary>
    private static double[] Spread(double[] wanted, double height)
    {
        double[] places = [.. wanted];
        for (int index = 1; index < places.Length; index++)
            places[index] = Math.Max(places[index], places[index - 1] + WayHeight + Gap);
        double bottom = height;
        for (int index = places.Length - 1; index >= 0; index--)
        {
            places[index] = Math.Max(0, Math.Min(places[index], bottom - WayHeight));
            bottom = places[index] - Gap;
        }

        return places;
    }

    private static List<Node> Grouped(IReadOnlyList<LocationSummary> locations)
    {
        List<Node> nodes =
        [
            .. locations.Select(static location => new Node(
                location.Location.Place,
                location.Location.Kind,
                location.Verdict,
                RouteWay.Of(location.Location)
            )),
        ];
        foreach (Verdict harmless in (Verdict[])[Verdict.Absent, Verdict.Erased])
        {
            Node[] group = [.. nodes.Where(node => node.Verdict == harmless)];
            if (nodes.Count <= MaxSinks || group.Length < 2)
                continue;
            nodes.RemoveAll(node => node.Verdict == harmless);
            RouteWay[] ways = [.. group.SelectMany(static node => node.Ways).DistinctBy(static way => way.Label)];
            RouteWay[] shared = [.. ways.Where(way => nodes.Exists(node => node.Labels.Contains(way.Label)))];
            string others = Counted.Of(ways.Length - shared.Length, "other way");
            nodes.Add(
                new Node(
                    Counted.Of(group.Length, "location"),
                    harmless == Verdict.Absent ? "Nothing was found there" : "Erased and verified",
                    harmless,
                    shared.Length == ways.Length ? shared : [.. shared, new RouteWay($"{others} ({harmless})", int.MaxValue)]
                )
            );
        }

        return nodes;
    }

    private sealed record Node(string Place, string Kind, Verdict Verdict, IReadOnlyList<RouteWay> Ways)
    {
        public IEnumerable<string> Labels => Ways.Select(static way => way.Label);
    }
}
