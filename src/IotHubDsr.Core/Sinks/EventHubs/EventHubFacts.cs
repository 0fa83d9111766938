using System.Text.Json;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>What Azure Resource Manager tells of event hubs that were found: how long they keep events, and who may read them.</summary>
internal sealed class EventHubFacts(HubDescription hub, DiscoveryContext context)
{
    public async Task AddAsync(IEnumerable<LocationDraft> eventHubs, LocationSet locations, CancellationToken cancellationToken)
    {
        IEnumerable<LocationDraft> distinct = eventHubs.DistinctBy(static location =>
            (location.Place.ToLowerInvariant(), location.ResourceId?.ToLowerInvariant())
        );
        foreach (LocationSet facts in await Task.WhenAll(distinct.Select(location => OfAsync(location, cancellationToken))))
            locations.Add(facts);
    }

    /// <summary>An event hub that cannot be read says so when it is read for its events.</summary>
    private async Task<LocationSet> OfAsync(LocationDraft location, CancellationToken cancellationToken)
    {
        var facts = new LocationSet();
        if (EventHubResource.IdOf(location.ResourceId) is not { } id)
            return facts;
        JsonElement described;
        try
        {
            described = await context.Resources.GetAsync(EventHubResource.CallOf(id), cancellationToken);
        }
        catch (DsrException)
        {
            return facts;
        }

        DataWay? groups = await ConsumerGroups.RemarkAsync(
            $"{id.NameOf("namespaces")}/{id.Name}",
            hub,
            context,
            EventHubResource.GroupsOf(id),
            facts,
            cancellationToken
        );
        LocationDraft more = LocationDraft.Of(EventHubKind.Name, location.Place, location.ResourceId) with
        {
            Ways = groups is null ? [] : [groups],
        };
        facts.Add(StreamExpiry.Note(more, described.Prop("properties")));
        return facts;
    }
}
