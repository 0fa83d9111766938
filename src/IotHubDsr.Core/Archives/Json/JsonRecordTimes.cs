namespace IotHubDsr.Archives.Json;

/// <summary>Remembers where in a record its times and its sender's generation stand, which only matters if it matches.</summary>
internal sealed class JsonRecordTimes
{
    private readonly JsonUnescaper _unescaper = new();
    private Place _time;
    private Place _systemTime;
    private Place _generation;

    public void Reset() => _time = _systemTime = _generation = default;

    public void NoteTime(ReadOnlySpan<byte> record, JsonText text) => _time = PlaceOf(record, text);

    public void NoteSystemTime(ReadOnlySpan<byte> record, JsonText text) => _systemTime = PlaceOf(record, text);

    public void NoteGeneration(ReadOnlySpan<byte> record, JsonText text) => _generation = PlaceOf(record, text);

    /// <summary>The record's own time, else the system property, and the generation; valid until the next call.</summary>
    public RecordFacts FactsOf(ReadOnlySpan<byte> record)
    {
        var enqueued = EnqueuedTime.Parse(Read(record, _time)) ?? EnqueuedTime.Parse(Read(record, _systemTime));
        return new RecordFacts(enqueued, Read(record, _generation));
    }

    private ReadOnlySpan<byte> Read(ReadOnlySpan<byte> record, Place place)
        => _unescaper.TryUnescape(new JsonText(record.Slice(place.Start, place.Length), place.Escaped), out var plain) ? plain : default;

    private static Place PlaceOf(ReadOnlySpan<byte> record, JsonText text)
        => record.Overlaps(text.Raw, out var start) ? new Place(start, text.Raw.Length, text.Escaped) : default;

    private readonly record struct Place(int Start, int Length, bool Escaped);
}
