using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>How the places of a kind are described and reached.</summary>
/// <param name="access">The way to the services.</param>
/// <param name="isTopic">Whether they are topics.</param>
internal sealed class BusPlaces(AzureAccess access, bool isTopic)
{
    /// <summary>The time by the services.</summary>
    public DateTimeOffset Now => access.Clock.GetUtcNow();

    /// <summary>Asks what the messages of a location can be in now: owners can change all of it.</summary>
    /// <exception cref="DsrException">Nobody can tell.</exception>
    public async Task<BusReach> DescribeAsync(SinkCall call, CancellationToken cancellationToken)
    {
        DataLocation location = call.Location;
        (string space, string name) = NamesOf(location);
        if (SpaceOf(location.ResourceId) is { } id)
        {
            var map = new BusMap(new ArmReader(access), id, call.OtherPlaces, LeftBefore(call), () => Now);
            return isTopic ? await map.OfTopicAsync(name, cancellationToken) : await map.OfQueueAsync(name, cancellationToken);
        }

        return isTopic
            ? throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                $"the resource ID of the topic '{name}' in '{space}' is not known, without which nobody can list its subscriptions: a "
                    + "location file can name it."
            )
            : new BusReach([new BusEntity(name) { IsKnown = false, MaxDeliveryCount = 1 }], Waiting: 0);
    }

    /// <summary>The entities in which the plan shows messages: an owner can have changed since what is forwarded to them.</summary>
    private static IReadOnlyCollection<string> LeftBefore(SinkCall call) =>
        [
            .. call.PlannedItems()
                .Select(static item => BusItem.EntityOf(item.Path))
                .OfType<string>()
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];

    /// <exception cref="DsrException">The location does not name an entity.</exception>
    public BusClient Connect(DataLocation location)
    {
        string host = $"{NamesOf(location).Space}.{access.Cloud.MessagingSuffix}";
        string scope = SpaceOf(location.ResourceId) is { } id ? $"the namespace {id}" : $"the namespace {NamesOf(location).Space}";
        return new BusClient(access, new BusPlace(host, location.ToString()) { Scope = scope });
    }

    private static ArmId? SpaceOf(string? resourceId) => ArmId.TryParse(resourceId, out ArmId? id) ? id.Within("namespaces") : null;

    private static (string Space, string Name) NamesOf(DataLocation location)
    {
        int slash = location.Place.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < location.Place.Length - 1 && !location.Place.Contains(' ', StringComparison.Ordinal)
            ? (location.Place[..slash], location.Place[(slash + 1)..])
            : throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                "it does not name one queue or topic; a location file can name it as namespace/name."
            );
    }
}
