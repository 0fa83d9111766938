using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BuiltInEndpoints;

/// <summary>The hub's built-in endpoint. It takes no tokens of Entra: it is read with the key of one of the hub's policies.</summary>
internal sealed class BuiltInEndpointSink(AzureAccess access, string hubName) : EventStreamSink(access, hubName)
{
    /// <summary>Address of the endpoint's namespace, and the path of the event hub in it: the hub's description has them.</summary>
    private const string Address = "endpoint";
    private const string Path = "path";

    public static TimeSpan? RetentionOf(JsonElement? events) =>
        events.Number("retentionTimeInDays") is > 0 and <= 3650 and var days ? TimeSpan.FromDays((long)days) : null;

    public static Dictionary<string, string> SettingsOf(JsonElement? events)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (events.Text(Address) is { } address && events.Text(Path) is { } path)
            (settings[Address], settings[Path]) = (address, path);
        return settings;
    }

    /// <remarks>The command has read the hub's description; it is not read twice.</remarks>
    protected override async Task<EventStream> DescribeAsync(DataLocation location, CancellationToken cancellationToken)
    {
        if (!ArmId.TryParse(location.ResourceId, out ArmId? hub))
            throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "the resource ID of the hub is not known.");
        var arm = new ArmReader(Access);
        (IReadOnlyDictionary<string, string> settings, TimeSpan? retention) = (location.Settings, location.Retention);
        if (!settings.ContainsKey(Address))
        {
            JsonElement described = await arm.GetAsync(
                new ArmCall(hub.Path, HubResource.ApiVersion, $"the IoT hub {hub.Name}"),
                cancellationToken
            );
            JsonElement? events = described.Prop("properties").Prop("eventHubEndpoints").Prop("events");
            (settings, retention) = (SettingsOf(events), RetentionOf(events));
        }

        string? host = Uri.TryCreate(settings.GetValueOrDefault(Address), UriKind.Absolute, out Uri? endpoint) ? endpoint.Host : null;
        if (host is not { Length: > 0 } || !settings.TryGetValue(Path, out string? path))
            throw FaultCatalogue.ServiceFailed.Exception(location.ToString(), "its description has no address of the built-in endpoint.");
        HubKey key = await HubResource.ReadKeyAsync(arm, hub, [HubResource.ServiceConnect], cancellationToken);
        var place = new EventHubPlace(host, path, location.ToString())
        {
            Group = location.Settings.GetValueOrDefault(LocationSettings.ConsumerGroup, EventHubPlace.DefaultGroup),
            Key = new MessagingKey(key.PolicyName, key.Key),
            Scope = hub.ToString(),
        };
        return new EventStream(place, new StreamExpiry { Retention = retention });
    }
}
