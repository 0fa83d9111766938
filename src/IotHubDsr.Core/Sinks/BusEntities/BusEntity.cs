using System.Globalization;
using System.Text.Json;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>A queue or subscription as Azure Resource Manager describes it now.</summary>
/// <param name="Path">Its path in the namespace: <c>queue</c>, <c>topic/Subscriptions/subscription</c>.</param>
internal sealed record BusEntity(string Path)
{
    /// <summary>Stands between the names of a topic and of a subscription of it.</summary>
    public const string Subscriptions = "/Subscriptions/";

    private static readonly TimeSpan DefaultLock = TimeSpan.FromMinutes(1);

    /// <summary>What the service makes of an entity that says nothing of it.</summary>
    private const int DefaultDeliveries = 10;

    /// <summary>Nobody waits longer for a message to expire.</summary>
    private const int MostDays = 3650;

    /// <summary>Whether Azure Resource Manager could be asked.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>How long a message lives at most; null for ever, or if nobody can tell.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether messages that expire become dead letters, which never expire.</summary>
    public bool KeepsExpired { get; init; }

    /// <summary>How many deliveries end without a result before a message becomes a dead letter.</summary>
    public int MaxDeliveryCount { get; init; } = DefaultDeliveries;

    public TimeSpan LockDuration { get; init; } = DefaultLock;

    public bool RequiresSession { get; init; }

    /// <summary>The entity that takes each message at once; null for none.</summary>
    public string? ForwardTo { get; init; }

    /// <summary>The entity that takes what could not be processed; null for none.</summary>
    public string? ForwardDeadLettersTo { get; init; }

    /// <summary>Messages that nobody can read now: they are on the way to another entity.</summary>
    public long InTransfer { get; init; }

    /// <summary>How many messages the service counts in its queues.</summary>
    public BusCounts Counts { get; init; }

    /// <summary>When it had counted them, by the services' time.</summary>
    public DateTimeOffset CountedAt { get; init; }

    /// <summary>Whether its messages lie in several partitions.</summary>
    public bool IsPartitioned { get; init; }

    /// <summary>Its queues.</summary>
    public IEnumerable<BusNode> Nodes => [new(Path), new(Path, BusSubQueue.DeadLetter), new(Path, BusSubQueue.TransferDeadLetter)];

    /// <summary>Whether messages leave one of its queues for another entity at once.</summary>
    public bool ForwardsOf(BusNode node) =>
        node.SubQueue switch
        {
            BusSubQueue.None => ForwardTo is not null,
            BusSubQueue.DeadLetter => ForwardDeadLettersTo is not null,
            _ => false,
        };

    /// <summary>Why an active message does not leave by itself, or nobody knows when, without a full stop; null when it does.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">The time by the services.</param>
    /// <param name="expires">When it leaves.</param>
    public string? ObstacleOf(BusMessage message, DateTimeOffset now, out DateTimeOffset expires)
    {
        expires = DateTimeOffset.MaxValue;
        if (!IsKnown)
            return $"nobody can tell when messages leave '{Path}', as its resource ID is not known";
        expires = ExpiryOf(message);
        return KeepsExpired ? $"'{Path}' keeps messages that expire as dead letters, which never do"
            : expires == DateTimeOffset.MaxValue ? $"'{Path}' keeps messages without limit"
            : expires <= now ? $"'{Path}' has messages that have expired and stay as long as nobody receives from it"
            : null;
    }

    /// <summary>
    /// When the time to live of a message ends, or that of the entity; the farthest time there is where that is as good as never.
    /// </summary>
    public DateTimeOffset ExpiryOf(BusMessage message)
    {
        DateTimeOffset expires =
            TimeToLive is { } most && DateTimeOffset.MaxValue - message.Enqueued > most && message.Enqueued + most < message.ExpiresAt
                ? message.Enqueued + most
                : message.ExpiresAt;
        return (expires - message.Enqueued).TotalDays <= MostDays ? expires : DateTimeOffset.MaxValue;
    }

    /// <summary>As the properties of a queue or subscription tell it.</summary>
    public static BusEntity Read(string path, JsonElement? properties, TimeSpan? most = null, bool isPartitioned = false)
    {
        JsonElement? counts = properties.Prop("countDetails");
        TimeSpan? own = LimitOf(properties.Text("defaultMessageTimeToLive"));
        return new BusEntity(path)
        {
            TimeToLive = own is null || most < own ? most ?? own : own,
            KeepsExpired = properties.Flag("deadLetteringOnMessageExpiration", otherwise: false),
            MaxDeliveryCount = (int)Math.Clamp(properties.Number("maxDeliveryCount") ?? DefaultDeliveries, 1, int.MaxValue),
            LockDuration = HubDiscovery.Duration(properties.Text("lockDuration")) ?? DefaultLock,
            RequiresSession = properties.Flag("requiresSession", otherwise: false),
            ForwardTo = NameOf(properties.Text("forwardTo")),
            ForwardDeadLettersTo = NameOf(properties.Text("forwardDeadLetteredMessagesTo")),
            InTransfer = counts.Number("transferMessageCount") ?? 0,
            Counts = new BusCounts(
                (counts.Number("activeMessageCount") ?? 0) + (counts.Number("scheduledMessageCount") ?? 0),
                counts.Number("deadLetterMessageCount") ?? 0,
                counts.Number("transferDeadLetterMessageCount") ?? 0
            )
            {
                Whole = properties.Number("messageCount") ?? 0,
                InTransfer = counts.Number("transferMessageCount") ?? 0,
            },
            IsPartitioned = isPartitioned || properties.Flag("enablePartitioning", otherwise: false),
        };
    }

    /// <summary>A time to live; null for one that is as good as for ever.</summary>
    public static TimeSpan? LimitOf(string? text) => HubDiscovery.Duration(text) is { TotalDays: <= MostDays } limit ? limit : null;

    /// <summary>The service takes names and addresses.</summary>
    private static string? NameOf(string? forward) =>
        string.IsNullOrWhiteSpace(forward) ? null
        : Uri.TryCreate(forward, UriKind.Absolute, out Uri? address) && address.Host.Length > 0
            ? Uri.UnescapeDataString(address.AbsolutePath.Trim('/'))
        : forward;
}

/// <summary>How many messages the service counts.</summary>
/// <param name="Own">In the entity's own queue, scheduled ones included.</param>
/// <param name="Dead">Dead letters.</param>
/// <param name="TransferDead">Dead letters of the transfer.</param>
internal readonly record struct BusCounts(long Own, long Dead, long TransferDead)
{
    /// <summary>All of them; 0 if it is not told.</summary>
    public long Whole { get; init; }

    /// <summary>Those that are on the way to another entity.</summary>
    public long InTransfer { get; init; }

    /// <summary>
    /// In the entity's own queue, whatever their state: it is not documented whether deferred messages count as active.
    /// </summary>
    public long OwnOfAnyState => Math.Max(Own, Whole - Dead - TransferDead - InTransfer);

    public long Of(BusSubQueue queue) =>
        queue switch
        {
            BusSubQueue.DeadLetter => Dead,
            BusSubQueue.TransferDeadLetter => TransferDead,
            _ => Own,
        };
}

/// <summary>A message by where it is: what an item of a finding names.</summary>
/// <param name="Node">The queue.</param>
/// <param name="SequenceNumber">Its number there.</param>
internal readonly record struct BusItem(BusNode Node, long SequenceNumber)
{
    public string Path => string.Create(CultureInfo.InvariantCulture, $"{Node}/{SequenceNumber}");

    /// <summary>The entity of which a path names a message; null if it names none.</summary>
    public static string? EntityOf(string path)
    {
        int slash = path.LastIndexOf('/');
        if (slash <= 0 || !long.TryParse(path.AsSpan(slash + 1), CultureInfo.InvariantCulture, out _))
            return null;
        string node = path[..slash];
        foreach (BusSubQueue queue in (BusSubQueue[])[BusSubQueue.TransferDeadLetter, BusSubQueue.DeadLetter])
        {
            string end = $"{new BusNode(string.Empty, queue)}";
            if (node.EndsWith(end, StringComparison.OrdinalIgnoreCase))
                return node[..^end.Length];
        }

        return node;
    }
}
