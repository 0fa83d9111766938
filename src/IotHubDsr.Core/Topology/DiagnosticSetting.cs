using System.Text.Json;
using IotHubDsr.Core.Azure;

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

    /// <summary>The resource whose logs it sends; null where that is the hub.</summary>
    public ArmId? Of { get; init; }

    public IReadOnlyList<string> Categories => Way.Carries;

    /// <summary>Whether the end of a device's connection is logged.</summary>
    public bool RecordsDeletion => Of is null && Categories.Contains("Connections", StringComparer.OrdinalIgnoreCase);

    /// <param name="setting">The setting.</param>
    /// <param name="resource">The resource whose it is; null for the hub.</param>
    public static DiagnosticSetting Read(JsonElement setting, ArmId? resource = null)
    {
        JsonElement? properties = setting.Prop("properties");
        string name = setting.Text("name") ?? "without a name";
        var way = new DataWay
        {
            Kind = DataWayKind.DiagnosticSetting,
            Name = resource is null ? name : $"{InWords(resource)}/{name}",
            Carries = CategoriesOf(properties, resource is not null),
        };
        return new DiagnosticSetting(way, properties) { Of = resource };
    }

    /// <summary>A resource in a few words; a part of an account with the account.</summary>
    public static string InWords(ArmId resource) =>
        resource.NameOf("storageAccounts") is { } account
            ? $"{account}/{(resource.NameOf("queueServices") is null ? "blobs" : "queues")}"
            : resource.Name;

    /// <summary>A place that the setting sends logs to.</summary>
    public LocationDraft To(string kind, string place, string? resourceId, string target) =>
        new()
        {
            Kind = kind,
            Place = place,
            ResourceId = ArmId.TryParse(resourceId, out ArmId? id) ? id.ToString() : null,
            Ways = [Way with { Target = target }],
            RecordsDeletion = RecordsDeletion,
        };

    /// <summary>The logs of a group, of a resource whose categories are not known here.</summary>
    public static bool IsGroup(string category) => category.StartsWith(Group, StringComparison.Ordinal);

    private const string Group = "group ";

    /// <summary>
    /// Enabled categories of logs, groups expanded. The audit group has few of them, which ones is the service's to change: it counts as
    /// all.
    /// </summary>
    private static string[] CategoriesOf(JsonElement? properties, bool isAttached)
    {
        var enabled = new List<string>();
        foreach (JsonElement? log in properties.Prop("logs").Items().Select(static item => (JsonElement?)item))
        {
            if (!log.Flag("enabled", otherwise: true))
                continue;
            if (log.Text("category") is { } category)
                enabled.Add(category);
            else if (log.Text("categoryGroup") is { } group && isAttached)
                enabled.Add($"{Group}{group}");
            else if (log.Text("categoryGroup") is not null)
                enabled.AddRange(AllCategories);
        }

        return [.. enabled.Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
