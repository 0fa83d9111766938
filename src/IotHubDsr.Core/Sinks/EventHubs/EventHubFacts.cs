using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>What Azure Resource Manager tells of event hubs that were found: how long they keep events, and who may read them.</summary>
internal sealed class EventHubFacts(DiscoveryContext context, LocationSet locations)
{
    public async Task AddAsync(IEnumerable<LocationDraft> eventHubs, CancellationToken cancellationToken)
    {
        IEnumerable<LocationDraft> distinct = eventHubs.DistinctBy(static location =>
            (location.Place.ToLowerInvariant(), location.ResourceId?.ToLowerInvariant())
        );
        foreach (LocationDraft location in distinct)
        {
            if (EventHubResource.IdOf(location.ResourceId) is { } id)
                await AddAsync(location, id, cancellationToken);
        }
    }

    /// <summary>An event hub that cannot be read says so when it is read for its events.</summary>
    private async Task AddAsync(LocationDraft location, ArmId id, CancellationToken cancellationToken)
    {
        JsonElement described;
        try
        {
            described = await context.Resources.GetAsync(EventHubResource.CallOf(id), cancellationToken);
        }
        catch (DsrException)
        {
            return;
        }

        LocationDraft more = LocationDraft.Of(EventHubKind.Name, location.Place, location.ResourceId) with
        {
            Ways = await GroupsAsync(id) is { } groups ? [groups] : [],
        };
        locations.Add(StreamExpiry.Note(more, described.Prop("properties")));

        Task<DataWay?> GroupsAsync(ArmId id) =>
            ConsumerGroups.RemarkAsync(context.Arm, EventHubResource.GroupsOf(id), locations, cancellationToken);
    }
}
