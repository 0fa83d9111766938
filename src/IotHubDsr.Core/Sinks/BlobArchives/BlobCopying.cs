using System.Buffers;
using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Copies the records of the subjects out of blobs, as JSON lines: each with its device, where it stood, and how it is attributed.
/// </summary>
/// <param name="scan">Where the blobs are, and whom it looks for.</param>
/// <param name="place">The location, for a person to find it.</param>
/// <param name="report">Is told of blobs that cannot be read to their end.</param>
internal sealed class BlobCopying(ContainerScan scan, string place, Func<Fault, CancellationToken, ValueTask> report)
{
    private readonly Dictionary<int, (long Included, long Withheld)> _counts = [];

    /// <summary>How many records there were of each subject that has some.</summary>
    public IReadOnlyList<CopiedCount> Counts =>
        [.. _counts.Select(static one => new CopiedCount(one.Key, one.Value.Included, one.Value.Withheld))];

    public async Task RunAsync(IEnumerable<ListedBlob> blobs, IRecordFile file, CancellationToken cancellationToken)
    {
        foreach (ListedBlob blob in blobs)
            await CopyAsync(blob, file, cancellationToken);
    }

    private async Task CopyAsync(ListedBlob blob, IRecordFile file, CancellationToken cancellationToken)
    {
        using var sink = new LineSink(scan, blob.Path, file, _counts);
        try
        {
            await ArchiveRead.ScanAsync(
                scan.Container,
                blob,
                new ScanRequest(scan.Subjects, sink, WithBody: scan.Selection.WithBody),
                cancellationToken
            );
        }
        catch (Exception exception) when (exception is not ExportTargetException && !cancellationToken.IsCancellationRequested)
        {
            DsrException fault = ArchiveRead.Translate(exception, $"{place}/{blob.Path}", "read", BlobFailures.ReadRole);
            await report(fault.Fault, cancellationToken);
        }
    }

    private sealed class LineSink(ContainerScan scan, string blob, IRecordFile file, Dictionary<int, (long Included, long Withheld)> counts)
        : IMatchedRecordSink,
            IDisposable
    {
        private readonly ArrayBufferWriter<byte> _line = new();
        private readonly Utf8JsonWriter _writer = new(Stream.Null);

        public void OnRecord(in MatchedRecord record)
        {
            (long included, long withheld) = counts.GetValueOrDefault(record.Subject);
            if (!scan.Selection.Includes(record.Kind))
            {
                counts[record.Subject] = (included, withheld + 1);
                return;
            }

            _line.ResetWrittenCount();
            _writer.Reset(_line);
            _writer.WriteStartObject();
            _writer.WriteString("deviceId"u8, scan.Subjects[record.Subject]);
            _writer.WriteString("attribution"u8, record.Kind.ToString());
            _writer.WriteString("blob"u8, blob);
            _writer.WriteNumber("offset"u8, record.Place.Offset);
            _writer.WriteNumber("index"u8, record.Place.Index);
            _writer.WritePropertyName(scan.Layout.Records.Member);
            scan.Layout.Write(record, _writer);
            _writer.WriteEndObject();
            _writer.Flush();
            file.Write(_line.WrittenMemory);
            counts[record.Subject] = (included + 1, withheld);
        }

        public void Dispose() => _writer.Dispose();
    }
}
