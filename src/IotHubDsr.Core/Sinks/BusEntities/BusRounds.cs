using IotHubDsr.Core.Azure.Messaging;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>One of the queues of an entity.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Node">The queue.</param>
internal sealed record BusStop(BusEntity Entity, BusNode Node);

/// <summary>
/// Queues by when they can be looked through: each after all from which messages get to it, so that one that moves meanwhile is not
/// missed. Those of one round get nothing from each other.
/// </summary>
internal static class BusRounds
{
    /// <summary>The queues of some entities, round by round. Entities that forward in a circle have no order among them.</summary>
    public static IReadOnlyList<IReadOnlyList<BusStop>> Of(IReadOnlyList<BusEntity> entities)
    {
        ILookup<string, string> named = entities.ToLookup(NameOf, static entity => entity.Path, StringComparer.OrdinalIgnoreCase);
        var rounds = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        bool isRaised = true;
        for (int pass = 0; isRaised && pass <= entities.Count; pass++)
        {
            isRaised = false;
            foreach (BusEntity entity in entities)
            {
                int own = rounds.GetValueOrDefault(entity.Path);
                isRaised |= Raise(rounds, TargetsOf(named, entity.ForwardTo), own + 1);
                isRaised |= Raise(rounds, TargetsOf(named, entity.ForwardDeadLettersTo), own + 2);
            }
        }

        return
        [
            .. entities
                .SelectMany(static entity => entity.Nodes, static (entity, node) => new BusStop(entity, node))
                .GroupBy(stop => rounds.GetValueOrDefault(stop.Entity.Path) + (stop.Node.SubQueue is BusSubQueue.None ? 0 : 1))
                .OrderBy(static round => round.Key)
                .Select(static round => round.ToList()),
        ];
    }

    /// <summary>The name by which others forward to it: that of the topic for a subscription.</summary>
    private static string NameOf(BusEntity entity) =>
        entity.Path.IndexOf(BusEntity.Subscriptions, StringComparison.OrdinalIgnoreCase) is var at and > 0
            ? entity.Path[..at]
            : entity.Path;

    private static IEnumerable<string> TargetsOf(ILookup<string, string> named, string? target) => target is null ? [] : named[target];

    private static bool Raise(Dictionary<string, int> rounds, IEnumerable<string> paths, int least)
    {
        bool isRaised = false;
        foreach (string path in paths.Where(path => rounds.GetValueOrDefault(path) < least))
        {
            rounds[path] = least;
            isRaised = true;
        }

        return isRaised;
    }
}
