using IotHubDsr.Core.Azure.Messaging;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>An active message as it was seen before a walk.</summary>
/// <param name="SequenceNumber">Its number.</param>
/// <param name="Deliveries">How often it has been delivered.</param>
/// <param name="IsWanted">Whether it is to be taken out.</param>
/// <param name="SessionId">Its session, where the entity has sessions.</param>
internal readonly record struct QueueEntry(long SequenceNumber, int Deliveries, bool IsWanted, string? SessionId);

/// <summary>
/// How far a walk along a queue may go. Each message that is locked and given back has been delivered once more: the first one of another
/// device for which that would be once too often is not locked, and neither is what lies behind it.
/// </summary>
internal sealed class WalkReach
{
    /// <summary>So many messages other receivers may have locked at once.</summary>
    private const int Margin = 400;

    private readonly List<Part> _parts;
    private readonly int? _mostDeliveries;

    /// <param name="entries">The active messages.</param>
    /// <param name="mostDeliveries">After how many deliveries a message becomes a dead letter; null where it never does.</param>
    public WalkReach(IEnumerable<QueueEntry> entries, int? mostDeliveries)
    {
        _mostDeliveries = mostDeliveries;
        _parts =
        [
            .. entries
                .GroupBy(static entry => BusMessage.PartitionOf(entry.SequenceNumber))
                .Select(part => new Part(part.Key, [.. part.OrderBy(static entry => entry.SequenceNumber)], IsLimit)),
        ];
    }

    /// <summary>The message that the walk may not reach, where that is what ends it.</summary>
    public long? Limit => Nearest is { } part && IsAtLimit(part) ? part.LimitingNumber : null;

    private Part? Nearest => _parts.Where(static part => part.HasLimit).MinBy(static part => part.UntilLimit);

    /// <summary>How many messages may be locked next; 0 where the walk ends.</summary>
    public int Next(int most)
    {
        if (Nearest is { } part)
        {
            if (IsAtLimit(part))
                return 0;

            // Others may take some of what lies before the limit: by halves, the walk sees that before it gets there.
            most = Math.Min(most, (part.UntilLimit + 1) / 2);
        }

        int left = _parts.Count == 1 ? _parts[0].UntilLastWanted : _parts.Sum(static part => part.Left);
        return Math.Clamp(left, 0, most);
    }

    /// <summary>Notes a message that was locked.</summary>
    public void Pass(long sequenceNumber) =>
        _parts.Find(part => part.Number == BusMessage.PartitionOf(sequenceNumber))?.Pass(sequenceNumber);

    /// <summary>Whether giving a message back that was delivered so often makes it a dead letter.</summary>
    public bool IsLast(int deliveries) => deliveries >= _mostDeliveries;

    /// <summary>Where others take messages of the same queue, nobody knows which come next.</summary>
    private bool IsAtLimit(Part part) => part.UntilLimit == 0 || (part.UntilLimit < Margin && _parts.Exists(static one => one.HasGaps));

    private bool IsLimit(QueueEntry entry) => !entry.IsWanted && IsLast(entry.Deliveries + 1);

    /// <summary>The messages of one partition, in order.</summary>
    private sealed class Part
    {
        private readonly long[] _numbers;
        private readonly int _limit;
        private readonly int _lastWanted;
        private int _passed;
        private int _reached;

        public Part(int number, List<QueueEntry> entries, Predicate<QueueEntry> isLimit)
        {
            Number = number;
            _numbers = [.. entries.Select(static entry => entry.SequenceNumber)];
            _limit = entries.FindIndex(isLimit);
            _lastWanted = entries.FindLastIndex(static entry => entry.IsWanted);
        }

        public int Number { get; }

        public bool HasLimit => _limit >= 0;

        public long LimitingNumber => _numbers[_limit];

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
