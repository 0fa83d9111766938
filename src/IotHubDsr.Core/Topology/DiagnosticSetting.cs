using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>A diagnostic setting of Azure Monitor.</summary>
/// <param name="Way">The way, without its target.</param>
/// <param name="Properties">Its configuration.</param>
internal sealed record DiagnosticSetting(DataWay Way, JsonElement? Properties)
{
    /// <summary>The log categories that a hub has.</summary>
    public static readonly string[] AllCategories =
    [
        "Connections",
        "DeviceTelemetry",
        "C2DCommands",
        "DeviceIdentityOperations",
        "FileUploadOperations",
        "Routes",
        "D2CTwinOperations",
        "C2DTwinOperations",
        "TwinQueries",
        "JobsOperations",
        "DirectMethods",
        "DistributedTracing",
        "Configurations",
        "DeviceStreams",
    ];

    public IReadOnlyList<string> Categories => Way.Carries;

    /// <summary>Whether the end of a device's connection is logged.</summary>
    public bool RecordsDeletion => Categories.Contains("Connections", StringComparer.OrdinalIgnoreCase);

    public static DiagnosticSetting Read(JsonElement setting)
    {
        JsonElement? properties = setting.Prop("properties");
        var way = new DataWay
        {
            Kind = DataWayKind.DiagnosticSetting,
            Name = setting.Text("name") ?? "without a name",
            Carries = CategoriesOf(properties),
        };
        return new DiagnosticSetting(way, properties);
    }

    /// <summary>A place that the setting sends logs to.</summary>
    public LocationDraft To(string kind, string place, string? resourceId, string target) =>
        new()
        {
            Kind = kind,
            Place = place,
            ResourceId = Azure.ArmId.TryParse(resourceId, out Azure.ArmId? id) ? id.ToString() : null,
            Ways = [Way with { Target = target }],
            RecordsDeletion = RecordsDeletion,
        };

    /// <summary>
    /// Enabled categories of logs, groups expanded. The audit group has few of them, which ones is the service's to change: it counts as
    /// all.
    /// </summary>
    private static string[] CategoriesOf(JsonElement? properties)
    {
        var enabled = new List<string>();
        foreach (JsonElement? log in properties.Prop("logs").Items().Select(static item => (JsonElement?)item))
        {
            if (!log.Flag("enabled", otherwise: true))
                continue;
            if (log.Text("category") is { } category)
                enabled.Add(category);
            else if (log.Text("categoryGroup") is not null)
                enabled.AddRange(AllCategories);
        }

        return [.. enabled.Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
