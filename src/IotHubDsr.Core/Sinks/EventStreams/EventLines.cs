using System.Buffers;
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

/// <summary>
/// The lines of an export. Matches of a batch gather here, and are written when it has been read: a file is made for the first.
/// </summary>
internal sealed class EventLines(RecordSelection selection, IExportTarget target, LineForm form) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null);
    private readonly List<byte[]> _waiting = [];
    private readonly Dictionary<int, (long Included, long Withheld)> _counts = [];
    private IRecordFile? _file;

    public (long Included, long Withheld) CountsOf(int subject) => _counts.GetValueOrDefault(subject);

    /// <param name="one">The event.</param>
    /// <param name="record">The record in it.</param>
    /// <param name="writePlace">Writes where the event was.</param>
    public void Add(in ReceivedEvent one, in MatchedRecord record, Action<Utf8JsonWriter> writePlace)
    {
        (long included, long withheld) = _counts.GetValueOrDefault(record.Subject);
        if (!selection.Includes(record.Kind))
        {
            _counts[record.Subject] = (included, withheld + 1);
            return;
        }

        _counts[record.Subject] = (included + 1, withheld);
        _line.ResetWrittenCount();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        _writer.WriteString("deviceId"u8, selection.Subjects[record.Subject]);
        _writer.WriteString("attribution"u8, (form.Attribution?.Invoke(record.Kind) ?? record.Kind).ToString());
        writePlace(_writer);
        _writer.WriteNumber("sequenceNumber"u8, one.SequenceNumber);
        _writer.WriteNumber("index"u8, record.Place.Index);
        _writer.WriteString("storedTime"u8, one.Enqueued.UtcDateTime);
        _writer.WriteStartObject(form.Member);
        EventProperties.Write(one.Message, _writer);
        _writer.WritePropertyName("body"u8);
        record.WriteJson(_writer);
        _writer.WriteEndObject();
        _writer.WriteEndObject();
        _writer.Flush();
        _waiting.Add(_line.WrittenSpan.ToArray());
    }

    /// <summary>Writes what has gathered.</summary>
    public async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0)
            return;
        _file ??= await target.OpenRecordsAsync(form.FileName, form.Kind, cancellationToken);
        foreach (byte[] line in _waiting)
            _file.Write(line);
        _waiting.Clear();
    }

    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _file, null) is { } file)
            await file.DisposeAsync();
    }

    public void Dispose() => _writer.Dispose();
}
