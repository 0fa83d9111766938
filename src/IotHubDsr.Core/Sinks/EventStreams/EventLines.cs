using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>What the lines of an export look like.</summary>
/// <param name="FileName">Name of the file.</param>
/// <param name="Kind">The records.</param>
/// <param name="Member">Under which name the event stands in one.</param>
internal sealed record LineForm(string FileName, RecordKind Kind, string Member)
{
    /// <summary>How a record is said to concern its device; null for what was found.</summary>
    public Func<MatchKind, MatchKind>? Attribution { get; init; }
}

/// <summary>The lines of an export of events or messages.</summary>
internal sealed class EventLines(RecordSelection selection, IExportTarget target, LineForm form)
{
    public RecordLines Lines { get; } = new(selection, target, form.FileName, form.Kind);

    /// <param name="one">The event.</param>
    /// <param name="record">The record in it.</param>
    /// <param name="writePlace">Writes where the event was.</param>
    public void Add(in ReceivedEvent one, in MatchedRecord record, Action<Utf8JsonWriter> writePlace)
    {
        if (Lines.Begin(record, form.Attribution?.Invoke(record.Kind)) is not { } writer)
            return;
        writePlace(writer);
        writer.WriteNumber("sequenceNumber"u8, one.SequenceNumber);
        writer.WriteNumber("index"u8, record.Place.Index);
        writer.WriteString("storedTime"u8, one.Enqueued.UtcDateTime);
        writer.WriteStartObject(form.Member);
        EventProperties.Write(one.Message, writer);
        writer.WritePropertyName("body"u8);
        record.WriteJson(writer);
        writer.WriteEndObject();
        Lines.End();
    }
}
