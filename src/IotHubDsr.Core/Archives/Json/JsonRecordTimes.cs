using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>Remembers where in a record its times and its sender's generation stand, which only matters if it matches.</summary>
internal sealed class JsonRecordTimes
{
    private readonly JsonUnescaper _unescaper = new();
    private Place _time;
    private Place _routedTime;
    private Place _systemTime;
    private Place _hubTime;
    private Place _generation;

    // A record is small, and what was nested in a text of it no longer stands in it.
    private byte[] _nested = [];
    private Range _nestedTime;
    private Range _nestedGeneration;
    private int _nestedLength;

    public void Reset()
    {
        _time = _routedTime = _systemTime = _hubTime = _generation = default;
        _nestedTime = _nestedGeneration = default;
        _nestedLength = 0;
    }

    public void NoteTime(ReadOnlySpan<byte> record, JsonText text) => _time = PlaceOf(record, text);

    /// <summary>A time at the top of a routed message: the hub's in a blob, and what somebody named so in a document.</summary>
    public void NoteRoutedTime(ReadOnlySpan<byte> record, JsonText text) => _routedTime = PlaceOf(record, text);

    /// <summary>A system property that only the hub names so.</summary>
    public void NoteHubTime(ReadOnlySpan<byte> record, JsonText text) => _hubTime = PlaceOf(record, text);

    public void NoteSystemTime(ReadOnlySpan<byte> record, JsonText text) => _systemTime = PlaceOf(record, text);

    public void NoteGeneration(ReadOnlySpan<byte> record, JsonText text) => _generation = PlaceOf(record, text);

    /// <summary>A time of the hub's that stood in a text within the record.</summary>
    public void NoteNestedTime(ReadOnlySpan<byte> text) => _nestedTime = Copy(text);

    /// <summary>A generation that stood in a text within the record.</summary>
    public void NoteNestedGeneration(ReadOnlySpan<byte> text) => _nestedGeneration = Copy(text);

    /// <summary>The record's own time, else what the hub noted, and the generation; valid until the next call.</summary>
    public RecordFacts FactsOf(ReadOnlySpan<byte> record)
    {
        DateTimeOffset? enqueued = EnqueuedTime.Parse(Read(record, _time))
            ?? EnqueuedTime.Parse(Read(record, _hubTime))
            ?? EnqueuedTime.Parse(Read(record, _routedTime))
            ?? EnqueuedTime.Parse(Read(record, _systemTime))
            ?? EnqueuedTime.Parse(_nested.AsSpan(_nestedTime));
        Span<byte> nested = _nested.AsSpan(_nestedGeneration);
        return new RecordFacts(enqueued, nested.IsEmpty ? Read(record, _generation) : nested);
    }

    private Range Copy(ReadOnlySpan<byte> text)
    {
        int start = _nestedLength;
        _nestedLength += text.Length;
        if (_nested.Length < _nestedLength)
            Array.Resize(ref _nested, _nestedLength * 2);

        text.CopyTo(_nested.AsSpan(start));
        return start.._nestedLength;
    }

    private ReadOnlySpan<byte> Read(ReadOnlySpan<byte> record, Place place) =>
        _unescaper.TryUnescape(new JsonText(record.Slice(place.Start, place.Length), place.Escaped), out ReadOnlySpan<byte> plain)
            ? plain
            : default;

    private static Place PlaceOf(ReadOnlySpan<byte> record, JsonText text) =>
        record.Overlaps(text.Raw, out int start) ? new Place(start, text.Raw.Length, text.Escaped) : default;

    private readonly record struct Place(int Start, int Length, bool Escaped);
}
