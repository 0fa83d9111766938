using System.Collections.Concurrent;

namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>A subscription of a topic: a queue that gets a copy of what its filter takes.</summary>
internal sealed record BusSubscription(string Name, SubscriptionFilter Filter, BusQueue Queue);

/// <summary>A topic. It keeps nothing but messages whose time has not come.</summary>
internal sealed class BusTopic : IBusTarget
{
    private readonly ConcurrentDictionary<string, BusSubscription> _subscriptions = new(StringComparer.OrdinalIgnoreCase);
    private readonly SandboxClock _clock;
    private readonly Func<string, IBusTarget?> _find;
    private readonly BusQueue _waiting;

    private readonly SeenMessages _seen;

    public BusTopic(string path, TimeSpan? duplicateWindow, SandboxClock clock, Func<string, IBusTarget?> find)
    {
        DuplicateWindow = duplicateWindow;
        _seen = new SeenMessages(duplicateWindow, clock);
        Path = path;
        _clock = clock;
        _find = find;
        // What it enqueues in its time goes on to the subscriptions at once.
        _waiting = new BusQueue(path, new BusQueueOptions { ForwardTo = path }, clock, _ => new Delivering(this));
    }

    public string Path { get; }

    public TimeSpan? TimeToLive { get; init; }

    public TimeSpan? DuplicateWindow { get; }

    public IEnumerable<BusSubscription> Subscriptions => _subscriptions.Values.OrderBy(one => one.Name, StringComparer.Ordinal);

    /// <summary>Messages whose time has not come.</summary>
    public int Scheduled => _waiting.Messages.Count;

    public BusSubscription Add(string name, BusQueueOptions options, SubscriptionFilter? filter = null) =>
        _subscriptions[name] = new BusSubscription(
            name,
            filter ?? SubscriptionFilter.True,
            new BusQueue($"{Path}/Subscriptions/{name}", options, _clock, _find)
        );

    public BusSubscription? Find(string name) => _subscriptions.GetValueOrDefault(name);

    public long Take(BusMessage message)
    {
        if (_seen.IsDuplicate(message))
            return 0;

        if (message.ScheduledFor > _clock.GetUtcNow())
            return _waiting.Take(message);

        Deliver(message, null);
        return 0;
    }

    public bool Cancel(IReadOnlyList<long> sequences) => _waiting.Cancel(sequences);

    public void Seed(BusMessage message, DateTimeOffset enqueued) => Deliver(message, enqueued);

    private void Deliver(BusMessage message, DateTimeOffset? enqueued)
    {
        if (TimeToLive is { } most && (message.TimeToLive is null || message.TimeToLive > most))
            message.TimeToLive = most;

        foreach (BusSubscription subscription in Subscriptions.Where(subscription => subscription.Filter.Takes(message)))
        {
            BusMessage copy = message.Copy();
            if (enqueued is { } time)
                subscription.Queue.Seed(copy, time);
            else
                subscription.Queue.Take(copy);
        }
    }

    private sealed class Delivering(BusTopic topic) : IBusTarget
    {
        public string Path => topic.Path;

        public long Take(BusMessage message)
        {
            // Leaving the topic's own store is no hop.
            message.Hops--;
            topic.Deliver(message, null);
            return 0;
        }

        public bool Cancel(IReadOnlyList<long> sequences) => false;
    }
}
