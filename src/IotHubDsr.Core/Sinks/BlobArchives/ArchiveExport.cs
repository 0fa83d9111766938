using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Writes the records of the subjects as JSON lines, blob by blob in the order of their names: each with its device, where it
/// stood, and how it is attributed. First the container is scanned; the blobs that hold something are read again, and written, in one unit:
/// the same container gives the same file.
/// </summary>
internal sealed class ArchiveExport(ContainerScan scan, SinkCall call, IExportTarget target) : IUnitWork<IReadOnlyList<ExportCompleteness>>
{
    private const string ChangedMeanwhile = "Some records that were found had disappeared, or could not be read, when they were copied.";

    private readonly long[] _included = new long[scan.Subjects.Count];
    private readonly long[] _withheld = new long[scan.Subjects.Count];

    public bool IsSplit { get; private set; }

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!scan.IsSplit)
        {
            await foreach (WorkUnit unit in scan.SplitAsync(cancellationToken))
                yield return unit;
            yield break;
        }

        IsSplit = true;
        await scan.SettleAsync(cancellationToken);
        yield return new Writing();
    }

    public ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) =>
        unit is Writing ? WriteAsync(cancellationToken) : scan.DoAsync(unit, cancellationToken);

    public Task<IReadOnlyList<ExportCompleteness>> CompleteAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ExportCompleteness>>([.. Enumerable.Range(0, scan.Subjects.Count).Select(ToCompleteness)]);

    public void Dispose() => scan.Dispose();

    private async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        if (!scan.Matched.Any())
            return;
        await using IRecordFile file = await target.OpenRecordsAsync(
            scan.Layout.Records.FileName,
            scan.Layout.Records.Kind,
            cancellationToken
        );
        foreach (ListedBlob blob in scan.Matched)
            await WriteAsync(blob, file, cancellationToken);
    }

    private async Task WriteAsync(ListedBlob blob, IRecordFile file, CancellationToken cancellationToken)
    {
        // A blob that breaks off in the middle must not leave half of its records counted twice: they are accounted for when it is done.
        using var sink = new LineSink(scan, blob.Path, file);
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
            DsrException fault = ArchiveRead.Translate(exception, $"{call.Location.Place}/{blob.Path}", "read", BlobFailures.ReadRole);
            await call.ReportAsync(fault.Fault, cancellationToken);
        }

        sink.AddTo(_included, _withheld);
    }

    private ExportCompleteness ToCompleteness(int subject)
    {
        DeviceDataFinding finding = scan.ToFinding(subject);
        long found = Math.Max(finding.RecordCount + finding.RelayedCount, _included[subject] + _withheld[subject]);
        long unreachable = found - _included[subject] - _withheld[subject];
        string? detail = finding.Detail ?? (unreachable > 0 ? ChangedMeanwhile : null);
        return new ExportCompleteness
        {
            DeviceId = finding.DeviceId,
            LocationId = call.Location.Id,
            Kind = call.Location.Kind,
            Place = call.Location.Place,
            Verdict = finding.Verdict,
            Found = found,
            Included = _included[subject],
            Withheld = _withheld[subject],
            OtherGenerationRecords = finding.OtherGenerationRecords,
            Unreachable = unreachable,
            Ground = GroundOf(subject, detail),
        };
    }

    private string? GroundOf(int subject, string? detail)
    {
        string? ground = _withheld[subject] > 0 ? RecordRemarks.Withheld + detail : detail;
        return _included[subject] > 0 && scan.Layout.LeftOut is { } leftOut ? $"{leftOut} {ground}".TrimEnd() : ground;
    }

    /// <summary>All that is left once the container is scanned.</summary>
    private sealed record Writing() : WorkUnit(0);

    private sealed class LineSink(ContainerScan scan, string blob, IRecordFile file) : IMatchedRecordSink, IDisposable
    {
        private readonly ArrayBufferWriter<byte> _line = new();
        private readonly Utf8JsonWriter _writer = new(Stream.Null);
        private readonly Dictionary<int, (long Included, long Withheld)> _counts = [];

        public void OnRecord(in MatchedRecord record)
        {
            (long included, long withheld) = _counts.GetValueOrDefault(record.Subject);
            if (!scan.Selection.Includes(record.Kind))
            {
                _counts[record.Subject] = (included, withheld + 1);
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
            _counts[record.Subject] = (included + 1, withheld);
        }

        public void AddTo(long[] included, long[] withheld)
        {
            foreach ((int subject, (long Included, long Withheld) count) in _counts)
            {
                included[subject] += count.Included;
                withheld[subject] += count.Withheld;
            }
        }

        public void Dispose() => _writer.Dispose();
    }
}
