using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Reports;

/// <summary>A way that data takes out of the hub, as the picture shows it.</summary>
/// <param name="Label">What stands in its box; ways of one label are one box.</param>
/// <param name="Order">Where it stands among the others: inside the hub first, then routes, events, logs, and what is left.</param>
internal sealed record RouteWay(string Label, int Order)
{
    /// <summary>The ways to a location, at least one. Another hub's is not one, and neither is a remark on a way.</summary>
    public static IReadOnlyList<RouteWay> Of(ReportLocation location)
    {
        RouteWay[] ways =
        [
            .. location
                .Ways.Where(static way => way.Kind is not (DataWayKind.Remark or DataWayKind.OtherHub))
                .Select(static way => new RouteWay(way.Title, OrderOf(way)))
                .DistinctBy(static way => way.Label, StringComparer.Ordinal),
        ];
        return ways.Length > 0 ? ways : InWords(location);
    }

    /// <inheritdoc cref="Of" />
    public static IReadOnlyList<string> Labels(ReportLocation location) => [.. Of(location).Select(static way => way.Label)];

    /// <summary>A route that is disabled stands after those that are not.</summary>
    private static int OrderOf(DataWay way) => (2 * (int)way.Kind) + (way.IsEnabled ? 0 : 1);

    /// <summary>The ways as outcomes of earlier versions have them: as sentences, in which the words before an arrow or colon name the way.</summary>
    private static RouteWay[] InWords(ReportLocation location)
    {
        if (SinkCatalogue.Has(location.Kind, PlaceTraits.IsInHub))
        {
            var kept = new DataWay { Kind = DataWayKind.Hub };
            return [new RouteWay(kept.Title, OrderOf(kept))];
        }

        string[] sentences = [.. location.Provenance.Where(IsWay)];
        string[] labels =
        [
            .. (sentences.Length > 0 ? sentences : location.Provenance.Take(1)).Select(NameOf).Distinct(StringComparer.Ordinal),
        ];
        return labels.Length > 0
            ? [.. labels.Select(static label => new RouteWay(label, int.MaxValue))]
            : [new RouteWay("way not recorded", int.MaxValue)];
    }

    /// <summary>Other sentences remark on a location or its ways.</summary>
    private static bool IsWay(string sentence) =>
        sentence.Contains(" → ", StringComparison.Ordinal) || sentence.StartsWith("file upload", StringComparison.Ordinal);

    private static string NameOf(string sentence)
    {
        string label = sentence;
        foreach (string end in (string[])[" → ", ": ", " ("])
        {
            int index = label.IndexOf(end, StringComparison.Ordinal);
            if (index > 0)
                label = label[..index];
        }

        return label;
    }
}
