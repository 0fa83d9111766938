namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>
/// A queue, a subscription, or a sub-queue of one for dead letters. This part enqueues, schedules and shows; the others deliver, hold
/// sessions, and let messages go. All of it is under one lock, which sub-queues may be used in and nothing else.
/// </summary>
internal sealed partial class BusQueue : IBusTarget
{
    public const string DeadLetterSuffix = "$deadletterqueue";
    public const string TransferSuffix = "$Transfer/$deadletterqueue";

    private readonly Lock _lock = new();
    private readonly SandboxClock _clock;
    private readonly Func<string, IBusTarget?> _find;
    private readonly MessageLog _messages;
    private readonly AvailableMessages _available;
    private readonly PriorityQueue<BusMessage, DateTimeOffset> _scheduled = new();
    private readonly SeenMessages _seen;
    private readonly WorldAlarm _alarm;
    private long _order;
    private int _nextPartition;

    public BusQueue(string path, BusQueueOptions options, SandboxClock clock, Func<string, IBusTarget?> find)
        : this(path, options, clock, find, isSubQueue: false) { }

    private BusQueue(string path, BusQueueOptions options, SandboxClock clock, Func<string, IBusTarget?> find, bool isSubQueue)
    {
        Path = path;
        Options = options;
        _clock = clock;
        _find = find;
        _messages = new MessageLog(options.Partitions) { Silent = options.SilentPartition, Mixes = options.MixesPartitions };
        _available = new AvailableMessages(options.RequiresSession);
        _seen = new SeenMessages(options.DuplicateWindow, clock);
        _alarm = new WorldAlarm(clock, Ring);
        if (isSubQueue)
            return;

        // Dead letters have no time to live and no sessions, and are never moved on by a count.
        var plain = new BusQueueOptions
        {
            LockDuration = options.LockDuration,
            Partitions = options.Partitions,
            MixesPartitions = options.MixesPartitions,
        };
        DeadLetters = new BusQueue($"{path}/{DeadLetterSuffix}", plain, clock, find, isSubQueue: true);
        TransferDeadLetters = new BusQueue($"{path}/{TransferSuffix}", plain, clock, find, isSubQueue: true);
    }

    public string Path { get; }

    public BusQueueOptions Options { get; }

    /// <summary>What could not be processed; null for a sub-queue.</summary>
    public BusQueue? DeadLetters { get; }

    /// <summary>What could not be forwarded.</summary>
    public BusQueue? TransferDeadLetters { get; }

    private DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>A copy of what is there, in order.</summary>
    public IReadOnlyList<BusMessage> Messages
    {
        get
        {
            lock (_lock)
                return [.. _messages.All];
        }
    }

    public long Take(BusMessage message) => Enqueue(message, null);

    /// <summary>As <see cref="Take"/>, at a time in the past: how a world is seeded.</summary>
    public long Seed(BusMessage message, DateTimeOffset enqueued) => Enqueue(message, enqueued);

    public bool Cancel(IReadOnlyList<long> sequences)
    {
        lock (_lock)
        {
            Tick();
            List<BusMessage> found = [.. sequences.Select(_messages.Find).OfType<BusMessage>()];
            if (found.Count < sequences.Count || found.Exists(message => message.State != BusMessageState.Scheduled))
                return false;

            foreach (BusMessage message in found)
                _messages.Remove(message);

            return true;
        }
    }

    /// <summary>
    /// Shows messages of every state without locking any. A page is shorter than asked for where its bytes are many, and on a partitioned
    /// entity for no reason that a client could know; only an empty one is the end.
    /// </summary>
    public IReadOnlyList<T> Peek<T>(long from, int count, string? session, Func<BusMessage, T> show, Func<T, int> sizeOf)
    {
        const int mostMessages = 250;
        const int mostBytes = 240_000;
        int page = Math.Min(count, mostMessages);
        if (Options.IsPartitioned && page > 1)
            page = 1 + (int)((ulong)from * 2654435761UL % (ulong)page);

        var shown = new List<T>();
        int bytes = 0;
        lock (_lock)
        {
            Tick();
            foreach (BusMessage message in _messages.From(from).Where(message => session is null || message.SessionId == session))
            {
                T one = show(message);
                bytes += sizeOf(one);
                if (shown.Count > 0 && bytes > mostBytes)
                    break;

                shown.Add(one);
                if (shown.Count == page)
                    break;
            }
        }

        return shown;
    }

    private long Enqueue(BusMessage message, DateTimeOffset? enqueued)
    {
        long sequence;
        lock (_lock)
        {
            if (Options.RequiresSession && message.SessionId is null)
            {
                throw Amqp.MessagingErrors.NotAllowed(
                    "The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support "
                        + "enabled can only receive messages that have the SessionId set to a valid value."
                );
            }

            sequence = _seen.IsDuplicate(message) ? 0 : Store(message, enqueued ?? Now);
            Dispatch();
        }

        MoveOn();
        return sequence;
    }

    private long Store(BusMessage message, DateTimeOffset enqueued)
    {
        bool isLater = message.ScheduledFor > enqueued;
        if (!isLater && Options.ForwardTo is { } next)
        {
            message.Enqueued = enqueued;
            Forward(message, next);
            return 0;
        }

        message.Enqueued = enqueued;
        message.State = isLater ? BusMessageState.Scheduled : BusMessageState.Active;
        if (DeadLetters is not null)
            message.TimeToLive = Shorter(message.TimeToLive, Options.TimeToLive);

        _messages.Add(message, PartitionFor(message));
        if (message.EnqueuedSequence == 0)
            message.EnqueuedSequence = message.Sequence;

        message.Order = ++_order;
        if (isLater)
        {
            _scheduled.Enqueue(message, message.ScheduledFor!.Value);
            return message.Sequence;
        }

        _available.Add(message);
        if (DeadLetters is not null && message.Expires is { } expires)
            _expiring.Enqueue(message, expires);

        return message.Sequence;
    }

    private static TimeSpan? Shorter(TimeSpan? own, TimeSpan? most) => own is null || most < own ? most ?? own : own;

    private int PartitionFor(BusMessage message)
    {
        if (!Options.IsPartitioned)
            return 0;

        if (message.SessionId is null)
            return _nextPartition++ % Options.Partitions;

        uint hash = 2166136261u;
        foreach (char letter in message.SessionId)
            hash = (hash ^ letter) * 16777619u;

        return (int)(hash % (uint)Options.Partitions);
    }

    private void Ring()
    {
        lock (_lock)
        {
            _alarm.Rang();
            Dispatch();
        }

        MoveOn();
    }

    /// <summary>Does what is due: scheduled messages are enqueued anew, with a new number; locks end.</summary>
    private void Tick()
    {
        DateTimeOffset now = Now;
        while (_scheduled.TryPeek(out BusMessage? message, out DateTimeOffset due) && due <= now)
        {
            _scheduled.Dequeue();
            if (_messages.Find(message.Sequence) != message)
                continue;

            _messages.Remove(message);
            message.ScheduledFor = null;
            message.EnqueuedSequence = 0;
            Store(message, due);
        }

        EndLocks(now);
    }
}
