using System.Buffers;
using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>
/// The lines of an export. Matches of a page gather here, and are written when it has been read: a file is made for the first.
/// </summary>
internal sealed class DocumentLines(RecordSelection selection, IExportTarget target) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null);
    private readonly List<byte[]> _waiting = [];
    private readonly Dictionary<int, (long Included, long Withheld)> _counts = [];
    private IRecordFile? _file;

    public (long Included, long Withheld) CountsOf(int subject) => _counts.GetValueOrDefault(subject);

    public void Add(StoredDocument document, in MatchedRecord record)
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
        _writer.WriteString("attribution"u8, record.Kind.ToString());
        _writer.WriteString("partitionKey"u8, document.Address.Key);
        _writer.WriteString("id"u8, document.Address.Id);
        _writer.WritePropertyName("document"u8);
        record.WriteJson(_writer);
        DecodedBody.Write(record.Raw, _writer);
        _writer.WriteEndObject();
        _writer.Flush();
        _waiting.Add(_line.WrittenSpan.ToArray());
    }

    /// <summary>Writes what has gathered.</summary>
    public async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0)
            return;
        _file ??= await target.OpenRecordsAsync(DocumentRecords.FileName, DocumentRecords.Documents, cancellationToken);
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
