using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Where Azure Monitor sends the hub's resource logs. Metrics have no device in them and do not count.</summary>
internal sealed class DiagnosticsDiscovery(ArmReader arm, StorageAccounts accounts)
{
    private const string ApiVersion = "2021-05-01-preview";
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

    private static readonly string[] Destinations =
    [
        "storageAccountId",
        "workspaceId",
        "eventHubAuthorizationRuleId",
        "serviceBusRuleId",
        "marketplacePartnerId",
    ];

    private static readonly string[] KnownProperties = [.. Destinations, "eventHubName", "logAnalyticsDestinationType", "logs", "metrics"];

    public async Task<LocationSet> FindAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        string part = $"diagnostic settings of {hub.Name}";
        try
        {
            var call = new ArmCall($"{hub.ResourceId.Path}/providers/Microsoft.Insights/diagnosticSettings", ApiVersion, part);
            await foreach (JsonElement setting in arm.ListAsync(call, cancellationToken))
                await AddAsync(hub, setting, locations, cancellationToken);
        }
        catch (DsrException exception)
        {
            locations.AddUnread(part, exception.Fault);
        }

        return locations;
    }

    private async Task AddAsync(HubDescription hub, JsonElement setting, LocationSet locations, CancellationToken cancellationToken)
    {
        JsonElement? properties = setting.Prop("properties");
        string name = setting.Text("name") ?? "without a name";
        string[] categories = Categories(properties);
        string why =
            categories.Length == 0
                ? $"diagnostic setting '{name}' with no log category enabled: rows of earlier settings can be there"
                : $"diagnostic setting '{name}' ({string.Join(", ", categories)})";
        bool recordsDeletion = categories.Contains("Connections", StringComparer.OrdinalIgnoreCase);

        if (properties.Text("workspaceId") is { } workspace)
            Add(LocationKinds.LogAnalyticsWorkspace, NameOf(workspace), workspace, why + " → Log Analytics workspace");
        if (properties.Text("storageAccountId") is { } account)
        {
            var archives = new LogArchiveLocations(accounts, hub.Name, $"diagnostic setting '{name}'", recordsDeletion);
            await archives.AddAsync(account, categories, locations, cancellationToken);
        }

        if (properties.Text("eventHubAuthorizationRuleId") is { } rule)
        {
            // Without a name the service makes an event hub per category; to their owner they are one place.
            string eventHub = properties.Text("eventHubName") ?? "insights-logs-*";
            Add(LocationKinds.EventHub, $"{NamespaceOf(rule)}/{eventHub}", EventHubId(rule, eventHub), why + " → event hub");
        }

        if (properties.Text("serviceBusRuleId") is { } legacy)
        {
            Add(
                LocationKinds.EventHub,
                $"{NamespaceOf(legacy)}/insights-*",
                null,
                why + " → event hubs of a namespace named in the older form"
            );
        }

        if (properties.Text("marketplacePartnerId") is { } partner)
            Add(LocationKinds.PartnerSolution, NameOf(partner), partner, why + " → partner solution");

        AddUnreadable(setting, name, why, locations);
        foreach (
            JsonProperty other in properties
                .Members()
                .Where(static other => !KnownProperties.Contains(other.Name, StringComparer.OrdinalIgnoreCase))
        )
        {
            locations.AddUnknown(
                $"diagnostic setting {name}: {other.Name}",
                $"{why} has the property '{other.Name}', which this version does not know"
            );
        }

        void Add(string kind, string place, string? resourceId, string provenance) =>
            locations.Add(
                new DataLocation
                {
                    Id = "",
                    Kind = kind,
                    Place = place,
                    ResourceId = ArmId.TryParse(resourceId, out ArmId? id) ? id.ToString() : null,
                    Provenance = [provenance],
                    RecordsDeletion = recordsDeletion,
                }
            );
    }

    /// <summary>A destination of a form that is not known is one all the same.</summary>
    private static void AddUnreadable(JsonElement setting, string name, string why, LocationSet locations)
    {
        if (setting.Prop("properties") is not { ValueKind: JsonValueKind.Object } properties)
        {
            locations.AddUnknown($"diagnostic setting {name}", $"{why}: its destinations are not of a form that this version can read");
            return;
        }

        foreach (string destination in Destinations)
        {
            if (properties.Prop(destination) is { ValueKind: not JsonValueKind.String } odd && ((JsonElement?)odd).Text() is null)
            {
                locations.AddUnknown(
                    $"diagnostic setting {name}: {destination}",
                    $"{why}: '{destination}' is not of a form that this version can read"
                );
            }
        }
    }

    /// <summary>
    /// Enabled categories of logs, groups expanded. The audit group has few of them, which ones is the service's to change: it counts as
    /// all.
    /// </summary>
    private static string[] Categories(JsonElement? properties)
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

    private static string NameOf(string resourceId) => ArmId.TryParse(resourceId, out ArmId? id) ? id.Name : resourceId;

    private static string NamespaceOf(string rule) =>
        ArmId.TryParse(rule, out ArmId? id) && id.NameOf("namespaces") is { } name ? name.ToLowerInvariant() : rule;

    private static string? EventHubId(string rule, string eventHub) =>
        ArmId.TryParse(rule, out ArmId? id) && id.NameOf("namespaces") is { } name && eventHub.IndexOf('*', StringComparison.Ordinal) < 0
            ? $"/subscriptions/{id.SubscriptionId}/resourceGroups/{id.ResourceGroup}"
                + $"/providers/Microsoft.EventHub/namespaces/{name}/eventhubs/{eventHub}"
            : null;
}
