using System.Globalization;
using IotHubDsr.Sandbox.Messaging.Amqp;

namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>
/// A partition: an append-only log in memory. Events that retention has ended leave at its beginning, by the world's clock, before anything
/// is read. What a reader gets is not copied: arrays are shared with the wire.
/// </summary>
internal sealed class EventPartition(int id, EventHub hub)
{
    private const int BytesPerChunk = 64 * 1024;
    private const long OffsetStep = 512;
    private const int LeftBeforeCompaction = 4096;

    private readonly Lock _lock = new();
    private readonly List<StoredEvent> _events = [];
    private readonly List<EventReader> _readers = [];
    private readonly SectionWriter _writer = new();
    private readonly HashSet<long> _compacted = [];
    private byte[] _chunk = [];
    private int _used;
    private int _gone;
    private long _first;
    private long _lastMilliseconds;

    public string Id { get; } = id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Events that are there, after retention.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                Trim();
                return _events.Count - _gone;
            }
        }
    }

    public static string OffsetOf(long sequence) => (sequence * OffsetStep).ToString(CultureInfo.InvariantCulture);

    /// <summary>The state of the partition, after retention.</summary>
    public PartitionState State()
    {
        lock (_lock)
        {
            Trim();
            long next = _first + _events.Count;
            bool isEmpty = _events.Count == _gone;
            return next == 0
                ? new PartitionState(0, -1, "-1", DateTimeOffset.UnixEpoch, true)
                : new PartitionState(
                    _first + _gone,
                    next - 1,
                    OffsetOf(next - 1),
                    DateTimeOffset.FromUnixTimeMilliseconds(_lastMilliseconds),
                    isEmpty
                );
        }
    }

    /// <summary>Adds an event. Annotations are the service's and follow its own three; the tail is kept as it is.</summary>
    public long Append(
        ReadOnlyMemory<byte> tail,
        string? key = null,
        IReadOnlyList<KeyValuePair<string, object?>>? annotations = null,
        DateTimeOffset? enqueued = null
    )
    {
        long sequence;
        lock (_lock)
            sequence = Store(tail, key, annotations ?? [], enqueued ?? hub.Clock.GetUtcNow());

        Wake();
        return sequence;
    }

    /// <summary>Adds many events before readers are told.</summary>
    public void AppendAll(IEnumerable<NewEvent> events)
    {
        lock (_lock)
        {
            foreach (NewEvent one in events)
                Store(one.Tail, null, one.Annotations, one.Enqueued);
        }

        Wake();
    }

    /// <summary>
    /// Copies events from a sequence number on, as many as there are and fit; the number of the first of them may be higher.
    /// </summary>
    public int Read(ref long sequence, Span<StoredEvent> target)
    {
        lock (_lock)
        {
            Trim();
            sequence = Math.Max(sequence, _first + _gone);
            while (_compacted.Contains(sequence))
                sequence++;
            int from = (int)(sequence - _first);
            int most = Math.Min(target.Length, _events.Count - from);
            int count = 0;
            while (count < most && !_compacted.Contains(sequence + count))
                target[count] = _events[from + count++];
            return count;
        }
    }

    /// <summary>Takes an event out from among the others, as compaction does; the state of the partition counts on.</summary>
    public void Compact(long sequence)
    {
        lock (_lock)
            _compacted.Add(sequence);
    }

    /// <summary>The sequence number of the first event at or after a time; past the end when there is none.</summary>
    public long SequenceAt(DateTimeOffset time, bool inclusive)
    {
        long milliseconds = time.ToUnixTimeMilliseconds();
        lock (_lock)
        {
            int low = _gone;
            int high = _events.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                long at = _events[middle].EnqueuedMilliseconds;
                if (inclusive ? at < milliseconds : at <= milliseconds)
                    low = middle + 1;
                else
                    high = middle;
            }

            return _first + low;
        }
    }

    public static long SequenceOfOffset(long offset, bool inclusive)
    {
        long rounded = offset < 0 ? -1 : offset / OffsetStep;
        bool isExact = offset >= 0 && offset % OffsetStep == 0;
        return Math.Max(0, isExact && inclusive ? rounded : rounded + 1);
    }

    public void Add(EventReader reader)
    {
        lock (_lock)
            _readers.Add(reader);
    }

    public void Remove(EventReader reader)
    {
        lock (_lock)
            _readers.Remove(reader);
    }

    private void Wake()
    {
        EventReader[] readers;
        lock (_lock)
            readers = [.. _readers];

        foreach (EventReader reader in readers)
            reader.Pump();
    }

    private long Store(
        ReadOnlyMemory<byte> tail,
        string? key,
        IReadOnlyList<KeyValuePair<string, object?>> annotations,
        DateTimeOffset enqueued
    )
    {
        long sequence = _first + _events.Count;
        // Enqueued times never go back, whatever the clock does.
        _lastMilliseconds = Math.Max(_lastMilliseconds, enqueued.ToUnixTimeMilliseconds());
        _writer.Clear();
        _writer.BeginMap(SectionWriter.MessageAnnotations);
        Annotate("x-opt-sequence-number", sequence);
        Annotate("x-opt-offset", OffsetOf(sequence));
        Annotate("x-opt-enqueued-time", DateTimeOffset.FromUnixTimeMilliseconds(_lastMilliseconds));
        if (key is not null)
            Annotate("x-opt-partition-key", key);

        foreach ((string name, object? value) in annotations)
            Annotate(name, value);

        _writer.End();
        ArraySegment<byte> body = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(tail, out ArraySegment<byte> array)
            ? array
            : new ArraySegment<byte>(tail.ToArray());
        _events.Add(new StoredEvent(_lastMilliseconds, Keep(_writer.Written), body));
        return sequence;
    }

    private void Annotate(string name, object? value)
    {
        _writer.Symbol(name);
        _writer.Value(value);
    }

    /// <summary>Heads are small and many: they share arrays.</summary>
    private ArraySegment<byte> Keep(ReadOnlySpan<byte> head)
    {
        if (_used + head.Length > _chunk.Length)
        {
            _chunk = GC.AllocateUninitializedArray<byte>(Math.Max(BytesPerChunk, head.Length));
            _used = 0;
        }

        head.CopyTo(_chunk.AsSpan(_used));
        var kept = new ArraySegment<byte>(_chunk, _used, head.Length);
        _used += head.Length;
        return kept;
    }

    private void Trim()
    {
        if (hub.Options.Retention is not { } retention || hub.Options.CleanupPolicy == "Compact")
            return;

        long limit = (hub.Clock.GetUtcNow() - retention).ToUnixTimeMilliseconds();
        while (_gone < _events.Count && _events[_gone].EnqueuedMilliseconds < limit)
        {
            _events[_gone] = default;
            _gone++;
        }

        if (_gone < LeftBeforeCompaction || _gone < _events.Count / 2)
            return;

        _events.RemoveRange(0, _gone);
        _first += _gone;
        _gone = 0;
    }
}
