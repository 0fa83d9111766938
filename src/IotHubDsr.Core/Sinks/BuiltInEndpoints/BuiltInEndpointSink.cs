using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BuiltInEndpoints;

/// <summary>The hub's built-in endpoint. It takes no tokens of Entra: it is read with the key of one of the hub's policies.</summary>
internal sealed class BuiltInEndpointSink(AzureAccess access, string hubName) : EventStreamSink(access, hubName)
{
    protected override async Task<EventStream> DescribeAsync(DataLocation location, CancellationToken cancellationToken)
    {
        if (!ArmId.TryParse(location.ResourceId, out ArmId? hub))
            throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "the resource ID of the hub is not known.");
        var arm = new ArmReader(Access);
        JsonElement described = await arm.GetAsync(
            new ArmCall(hub.Path, HubResource.ApiVersion, $"the IoT hub {hub.Name}"),
            cancellationToken
        );
        JsonElement? events = described.Prop("properties").Prop("eventHubEndpoints").Prop("events");
        string? host = Uri.TryCreate(events.Text("endpoint"), UriKind.Absolute, out Uri? endpoint) ? endpoint.Host : null;
        if (host is not { Length: > 0 } || events.Text("path") is not { } path)
            throw FaultCatalogue.ServiceFailed.Exception(location.ToString(), "its description has no address of the built-in endpoint.");
        HubKey key = await HubResource.ReadKeyAsync(arm, hub, [HubResource.ServiceConnect], cancellationToken);
        var place = new EventHubPlace(host, path, location.ToString())
        {
            Group = location.Settings.GetValueOrDefault(LocationSettings.ConsumerGroup, EventHubPlace.DefaultGroup),
            Key = new MessagingKey(key.PolicyName, key.Key),
            Scope = hub.ToString(),
        };
        long? days = events.Number("retentionTimeInDays");
        return new EventStream(
            place,
            new StreamExpiry { Retention = days is > 0 and <= 3650 and var kept ? TimeSpan.FromDays(kept) : null }
        );
    }
}
