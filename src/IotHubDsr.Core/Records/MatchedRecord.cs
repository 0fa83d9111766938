using System.Text.Json;

namespace IotHubDsr.Core.Records;

/// <summary>Receives matches while a file is scanned. A record that matches several subjects comes once for each.</summary>
internal interface IMatchedRecordSink
{
    void OnRecord(in MatchedRecord record);
}

/// <summary>Writes one record of a format as IoT Hub's JSON encoding has it.</summary>
internal interface IRecordEncoder
{
    void WriteJson(ReadOnlySpan<byte> record, Utf8JsonWriter writer);
}

/// <summary>A record that concerns a subject, valid during the call that hands it over.</summary>
internal readonly ref struct MatchedRecord(RecordPlace place, ReadOnlySpan<byte> raw, RecordFacts facts, IRecordEncoder encoder)
{
    private readonly IRecordEncoder _encoder = encoder;

    public int Subject { get; init; }

    public MatchKind Kind { get; init; }

    public RecordPlace Place { get; } = place;

    public RecordFacts Facts { get; } = facts;

    /// <summary>The record's bytes as they stand, after inflating; a JSON line without its line ending.</summary>
    public ReadOnlySpan<byte> Raw { get; } = raw;

    public DateTimeOffset? EnqueuedTime => Facts.Enqueued;

    /// <summary>
    /// Writes one JSON value without line breaks: EnqueuedTimeUtc, Properties, SystemProperties and Body as IoT Hub's JSON
    /// encoding has them, plus whatever else the record holds.
    /// </summary>
    public void WriteJson(Utf8JsonWriter writer) => _encoder.WriteJson(Raw, writer);
}

/// <summary>Where a record stands.</summary>
/// <param name="Offset">Offset in the file of the record, or of its Avro block.</param>
/// <param name="Index">Number of the record in its Avro block, from 0; always 0 in JSON.</param>
internal readonly record struct RecordPlace(long Offset, int Index);
