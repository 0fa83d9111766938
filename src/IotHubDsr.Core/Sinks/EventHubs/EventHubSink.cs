using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>Event hubs of the operator, read with the account's own token.</summary>
internal sealed class EventHubSink(AzureAccess access, string hubName) : EventStreamSink(access, hubName)
{
    protected override async Task<EventStream> DescribeAsync(DataLocation location, CancellationToken cancellationToken)
    {
        string[] parts = location.Place.Split(' ')[0].Split('/');
        if (parts is not [{ Length: > 0 } space, { Length: > 0 } name] || name.Contains('*', StringComparison.Ordinal))
        {
            throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                "it does not name one event hub; a location file can name it as namespace/event hub."
            );
        }

        var place = new EventHubPlace($"{space}.{Access.Cloud.MessagingSuffix}", name, location.ToString())
        {
            Group = location.Settings.GetValueOrDefault(LocationSettings.ConsumerGroup, EventHubPlace.DefaultGroup),
            Scope = location.ResourceId ?? $"the event hub {name} of the namespace {space}",
        };
        StreamExpiry expiry = ArmId.TryParse(location.ResourceId, out ArmId? id)
            ? await ExpiryAsync(id, cancellationToken)
            : new StreamExpiry { IsKnown = false };
        return new EventStream(place, expiry);
    }

    private async Task<StreamExpiry> ExpiryAsync(ArmId id, CancellationToken cancellationToken)
    {
        var arm = new ArmReader(Access);
        JsonElement described = await arm.GetAsync(EventHubResource.CallOf(id), cancellationToken);
        return StreamExpiry.Read(described.Prop("properties"));
    }
}
