using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>What the messages of a queue or topic can be in, by Azure Resource Manager.</summary>
/// <param name="Entities">Each queue and subscription that they get to, once.</param>
/// <param name="Waiting">Messages of topics whose time has not come: nobody can read them until then.</param>
internal sealed record BusReach(IReadOnlyList<BusEntity> Entities, long Waiting);

/// <summary>
/// Reads queues, topics and subscriptions of a namespace from Azure Resource Manager, and follows what they forward. Names differ by more
/// than case.
/// </summary>
/// <param name="arm">Reads them.</param>
/// <param name="space">The namespace.</param>
/// <param name="others">Resource IDs of places that are looked at by themselves: nothing is followed to them.</param>
/// <param name="left">Paths of entities in which messages were found before, whether or not anything is forwarded to them now.</param>
/// <param name="time">The time by the services.</param>
internal sealed class BusMap(
    ArmReader arm,
    ArmId space,
    IReadOnlySet<string> others,
    IReadOnlyCollection<string> left,
    Func<DateTimeOffset> time
)
{
    /// <summary>The service forwards a message no more often; then it becomes a dead letter where it is.</summary>
    private const int MostHops = 4;

    private const string ApiVersion = "2021-11-01";

    private readonly List<BusEntity> _entities = [];
    private readonly Dictionary<string, int> _hops = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<(string Name, int Hops)> _open = new();
    private long _waiting;

    /// <exception cref="DsrException">There is no such queue, or what it forwards to cannot be read.</exception>
    public async Task<BusReach> OfQueueAsync(string name, CancellationToken cancellationToken)
    {
        _hops[name] = 0;
        AddQueue(name, await arm.GetAsync(CallOf("queues", name), cancellationToken), hops: 0);
        return await FollowAsync(cancellationToken);
    }

    /// <exception cref="DsrException">There is no such topic, or what its subscriptions forward to cannot be read.</exception>
    public async Task<BusReach> OfTopicAsync(string name, CancellationToken cancellationToken)
    {
        _hops[name] = 0;
        await AddTopicAsync(name, await arm.GetAsync(CallOf("topics", name), cancellationToken), hops: 0, cancellationToken);
        return await FollowAsync(cancellationToken);
    }

    private async Task<BusReach> FollowAsync(CancellationToken cancellationToken)
    {
        while (_open.TryDequeue(out (string Name, int Hops) next))
        {
            if (others.Contains(PathOf("queues", next.Name)) || others.Contains(PathOf("topics", next.Name)))
                continue;
            if (await TryGetAsync("queues", next.Name, cancellationToken) is { } queue)
                AddQueue(next.Name, queue, next.Hops);
            else if (await TryGetAsync("topics", next.Name, cancellationToken) is { } topic)
                await AddTopicAsync(next.Name, topic, next.Hops, cancellationToken);

            // What cannot be forwarded, as there is no such entity, is a dead letter of the transfer.
        }

        foreach (string path in left.Where(path => !_entities.Exists(known => IsSame(known.Path, path))))
            await AddLeftAsync(path, cancellationToken);
        return new BusReach(_entities, _waiting);
    }

    /// <summary>Nothing is forwarded there any more: what is there came before, and goes nowhere else from there.</summary>
    private async Task AddLeftAsync(string path, CancellationToken cancellationToken)
    {
        int at = path.IndexOf(BusEntity.Subscriptions, StringComparison.OrdinalIgnoreCase);
        string name = at < 0 ? path : path[..at];
        if (others.Contains(PathOf(at < 0 ? "queues" : "topics", name)))
            return;
        JsonElement? properties =
            at < 0
                ? (await TryGetAsync("queues", name, cancellationToken)).Prop("properties")
                : (await TryGetAsync(SubscriptionCall(name, path[(at + BusEntity.Subscriptions.Length)..]), cancellationToken)).Prop(
                    "properties"
                );
        if (properties is not null)
            _entities.Add(BusEntity.Read(path, properties) with { CountedAt = time() });
    }

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private void AddQueue(string name, JsonElement queue, int hops) => Add(BusEntity.Read(name, queue.Prop("properties")), hops);

    private async Task AddTopicAsync(string name, JsonElement topic, int hops, CancellationToken cancellationToken)
    {
        JsonElement? properties = topic.Prop("properties");
        TimeSpan? most = BusEntity.LimitOf(properties.Text("defaultMessageTimeToLive"));
        bool isPartitioned = properties.Flag("enablePartitioning", otherwise: false);
        _waiting += properties.Prop("countDetails").Number("scheduledMessageCount") ?? 0;
        var subscriptions = new ArmCall($"{PathOf("topics", name)}/subscriptions", ApiVersion, $"the subscriptions of the topic {name}");
        await foreach (JsonElement item in arm.ListAsync(subscriptions, cancellationToken))
        {
            string subscription = item.Text("name")
                ?? throw FaultCatalogue.ServiceFailed.Exception(subscriptions.Target, "one of them has no name.");
            Add(BusEntity.Read(name + BusEntity.Subscriptions + subscription, item.Prop("properties"), most, isPartitioned), hops);
        }
    }

    private void Add(BusEntity entity, int hops)
    {
        _entities.Add(entity with { CountedAt = time() });
        foreach (string target in new[] { entity.ForwardTo, entity.ForwardDeadLettersTo }.OfType<string>())
        {
            if (hops < MostHops && _hops.TryAdd(target, hops + 1))
                _open.Enqueue((target, hops + 1));
        }
    }

    private Task<JsonElement?> TryGetAsync(string type, string name, CancellationToken cancellationToken) =>
        TryGetAsync(CallOf(type, name), cancellationToken);

    private async Task<JsonElement?> TryGetAsync(ArmCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await arm.GetAsync(call, cancellationToken);
        }
        catch (DsrException missing) when (missing.Fault.Id == FaultCatalogue.LocationMissing.Id)
        {
            return null;
        }
    }

    private ArmCall SubscriptionCall(string topic, string name) =>
        new(
            $"{PathOf("topics", topic)}/subscriptions/{Uri.EscapeDataString(name)}",
            ApiVersion,
            $"the subscription {name} of the topic {topic}"
        );

    private ArmCall CallOf(string type, string name) =>
        new(PathOf(type, name), ApiVersion, $"the {(type == "queues" ? "queue" : "topic")} {name}");

    /// <summary>Slashes in the name of an entity are tildes to Azure Resource Manager.</summary>
    private string PathOf(string type, string name) => $"{space.Path}/{type}/{Uri.EscapeDataString(name.Replace('/', '~'))}";
}
