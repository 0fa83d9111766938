using IotHubDsr.Core.Azure.Messaging;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>An active message as it was seen before a walk.</summary>
/// <param name="SequenceNumber">Its number.</param>
/// <param name="Deliveries">How often it has been delivered.</param>
/// <param name="IsWanted">Whether it is to be taken out.</param>
/// <param name="SessionId">Its session, where the entity has sessions.</param>
/// <param name="Expires">When it expires; the farthest time there is where it does not.</param>
internal readonly record struct QueueEntry(long SequenceNumber, int Deliveries, bool IsWanted, string? SessionId, DateTimeOffset Expires);

/// <summary>What a walk may not do to a message of another device.</summary>
/// <param name="MostDeliveries">After how many deliveries it becomes a dead letter; null where it never does.</param>
/// <param name="Now">The time by the services.</param>
/// <param name="HeldUntil">One that expires until then may not be held.</param>
internal readonly record struct WalkLimits(int? MostDeliveries, DateTimeOffset Now, DateTimeOffset HeldUntil)
{
    /// <summary>
    /// What was shown counts no delivery that is going on: where there are enough, one is left for the message's own receiver.
    /// </summary>
    private int Needed => MostDeliveries > 2 ? 2 : 1;

    /// <summary>Whether it must not be locked and given back.</summary>
    public bool Spares(QueueEntry entry) => !entry.IsWanted && (entry.Deliveries + Needed >= MostDeliveries || Expiring(entry));

    /// <summary>One that has expired already is given to nobody.</summary>
    public bool Expiring(QueueEntry entry) => entry.Expires > Now && entry.Expires <= HeldUntil;
}

/// <summary>
/// How far a walk along a queue may go. Each message that is locked and given back has been delivered once more: the first one of another
/// device for which that would be once too often is not locked, and neither is what lies behind it. The same goes for one that would expire
/// while it is held.
/// </summary>
internal sealed class WalkReach
{
    /// <summary>So many messages other receivers may have locked at once.</summary>
    private const int Margin = 400;

    private readonly List<Part> _parts;
    private readonly WalkLimits _limits;

    /// <param name="entries">The active messages.</param>
    /// <param name="limits">Which of them may not be locked.</param>
    public WalkReach(IEnumerable<QueueEntry> entries, WalkLimits limits)
    {
        _limits = limits;
        _parts =
        [
            .. entries
                .GroupBy(static entry => BusMessage.PartitionOf(entry.SequenceNumber))
                .Select(part => new Part(part.Key, [.. part.OrderBy(static entry => entry.SequenceNumber)], limits)),
        ];
    }

    /// <summary>The message that the walk may not reach, where that is what ends it.</summary>
    public QueueEntry? Limit => Nearest is { } part && IsAtLimit(part) ? part.Limit : null;

    /// <summary>Why the walk ends before such a message, without a full stop.</summary>
    public string WhyBefore(QueueEntry limit) =>
        _limits.Expiring(limit)
            ? $"messages of others would expire while they are held: it stopped before the message {limit.SequenceNumber}"
            : $"it stopped before the message {limit.SequenceNumber} of another device, for which one more delivery would be too many";

    private Part? Nearest => _parts.Where(static part => part.HasLimit).MinBy(static part => part.UntilLimit);

    /// <summary>How many messages may be locked next; 0 where the walk ends.</summary>
    public int Next(int most)
    {
        if (Nearest is { } part)
        {
            if (IsAtLimit(part))
                return 0;

            // What others have locked is shown like the rest: the first message that comes tells how much of the front is theirs. They may
            // take more of what lies before the limit: by halves, the walk sees that before it gets there.
            most = _parts.Exists(static one => one is { HasLimit: true, IsBegun: false }) ? 1 : Math.Min(most, (part.UntilLimit + 1) / 2);
        }

        int left = _parts.Count == 1 ? _parts[0].UntilLastWanted : _parts.Sum(static part => part.Left);
        return Math.Clamp(left, 0, most);
    }

    /// <summary>Notes a message that was locked.</summary>
    public void Pass(long sequenceNumber) =>
        _parts.Find(part => part.Number == BusMessage.PartitionOf(sequenceNumber))?.Pass(sequenceNumber);

    /// <summary>Whether giving a message back that was delivered so often makes it a dead letter.</summary>
    public bool IsLast(int deliveries) => deliveries >= _limits.MostDeliveries;

    /// <summary>Where others take messages of the same queue, nobody knows which come next.</summary>
    private bool IsAtLimit(Part part) => part.UntilLimit == 0 || (part.UntilLimit < Margin && _parts.Exists(static one => one.HasGaps));

    /// <summary>The messages of one partition, in order.</summary>
    private sealed class Part
    {
        private readonly long[] _numbers;
        private readonly int _limit;
        private readonly int _lastWanted;
        private int _passed;
        private int _reached;

        public Part(int number, List<QueueEntry> entries, WalkLimits limits)
        {
            Number = number;
            _numbers = [.. entries.Select(static entry => entry.SequenceNumber)];
            _limit = entries.FindIndex(limits.Spares);
            Limit = _limit < 0 ? default : entries[_limit];
            _lastWanted = entries.FindLastIndex(static entry => entry.IsWanted);
        }

        public int Number { get; }

        public bool HasLimit => _limit >= 0;

        /// <summary>The message that may not be reached, where there is one.</summary>
        public QueueEntry Limit { get; }

        /// <summary>Whether a message of it has come.</summary>
        public bool IsBegun => _reached > 0;

        public int UntilLimit => Math.Max(0, _limit - _reached);

        public int UntilLastWanted => _lastWanted + 1 - _reached;

        public int Left => Math.Max(0, _numbers.Length - _reached);

        public bool HasGaps => _passed < _reached;

        public void Pass(long sequenceNumber)
        {
            int index = Array.BinarySearch(_numbers, sequenceNumber);
            _passed += index >= 0 ? 1 : 0;
            _reached = Math.Max(_reached, index >= 0 ? index + 1 : ~index);
        }
    }
}
