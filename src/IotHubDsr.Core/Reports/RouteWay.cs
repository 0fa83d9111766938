namespace IotHubDsr.Core.Reports;

/// <summary>Reads from the provenance of a location by which ways data gets there.</summary>
internal static class RouteWay
{
    private const string Inside = "kept by the hub itself";

    private static readonly string[] HubKinds =
    [
        LocationKinds.DeviceRegistry,
        LocationKinds.CloudToDeviceQueue,
        LocationKinds.FeedbackQueue,
        LocationKinds.FileNotificationQueue,
        LocationKinds.JobHistory,
        LocationKinds.Configurations,
    ];

    private static readonly string[] Beginnings =
    [
        Inside,
        "fallback route",
        "route",
        "disabled",
        "endpoint",
        "file upload",
        "event subscription",
        "diagnostic setting",
    ];

    /// <summary>The ways, at least one. The words before the arrow or colon of a sentence name its way.</summary>
    public static IReadOnlyList<string> Labels(ReportLocation location)
    {
        if (HubKinds.Contains(location.Kind))
            return [Inside];
        string[] sentences = [.. location.Provenance.Where(IsWay)];
        string[] labels =
        [
            .. (sentences.Length > 0 ? sentences : location.Provenance.Take(1)).Select(Label).Distinct(StringComparer.Ordinal),
        ];
        return labels.Length > 0 ? labels : ["way not recorded"];
    }

    /// <summary>Where a way stands among the others: inside the hub first, then routes, events, logs, and what is left.</summary>
    public static int Order(string label)
    {
        int index = Array.FindIndex(Beginnings, beginning => label.StartsWith(beginning, StringComparison.Ordinal));
        return index < 0 ? Beginnings.Length : index;
    }

    /// <summary>Other sentences remark on a location or its ways.</summary>
    private static bool IsWay(string sentence) =>
        sentence.Contains(" → ", StringComparison.Ordinal) || sentence.StartsWith("file upload", StringComparison.Ordinal);

    private static string Label(string sentence)
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
