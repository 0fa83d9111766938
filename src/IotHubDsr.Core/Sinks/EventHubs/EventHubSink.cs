using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>
/// Event hubs of the operator, read with the account's own token; where that is refused, with the key of a policy that the account may
/// list.
/// </summary>
internal sealed class EventHubSink(AzureAccess access, string hubName) : EventStreamSink(access, hubName)
{
    /// <remarks>The command has read the event hub when it found it; it is not read twice.</remarks>
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
        if (!ArmId.TryParse(location.ResourceId, out ArmId? id))
            return new EventStream(place, new StreamExpiry { IsKnown = false });
        var expiry = StreamExpiry.Of(location);
        try
        {
            expiry ??= await ExpiryAsync(id, cancellationToken);
        }
        catch (DsrException missing)
            when (missing.Fault.Id == FaultCatalogue.LocationMissing.Id
                && name.StartsWith(LogHubs.Prefix, StringComparison.OrdinalIgnoreCase)
            )
        {
            return new EventStream(place, new StreamExpiry()) { IsAwaited = true };
        }

        return new EventStream(place, expiry) { FindKeyAsync = token => new PolicyKeys(new ArmReader(Access)).FindAsync(id, token) };
    }

    private async Task<StreamExpiry> ExpiryAsync(ArmId id, CancellationToken cancellationToken)
    {
        JsonElement described = await new ArmReader(Access).GetAsync(EventHubResource.CallOf(id), cancellationToken);
        return StreamExpiry.Read(described.Prop("properties"));
    }
}
