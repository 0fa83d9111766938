using System.Runtime.CompilerServices;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Writes the records of the subjects as JSON lines, blob by blob in the order of their names. First the container is scanned; then the
/// blobs that hold something are read again, and written, in one unit. Other processes write them to parts instead, which are put together
/// in the same order: the same container gives the same file.
/// </summary>
internal sealed class ArchiveExport(ContainerScan scan, SinkCall call, IExportTarget target)
    : IUnitWork<IReadOnlyList<ExportCompleteness>>,
        IPortableWork
{
    private const string ChangedMeanwhile = "Some records that were found had disappeared, or could not be read, when they were copied.";

    private readonly long[] _included = new long[scan.Subjects.Count];
    private readonly long[] _withheld = new long[scan.Subjects.Count];
    private readonly SortedDictionary<int, UnitPart> _parts = [];
    private Round _round = Round.Reading;

    /// <summary>What is done next.</summary>
    private enum Round
    {
        Reading,
        Assembling,
        Done,
    }

    public bool IsSplit => _round == Round.Done;

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (_round)
        {
            case Round.Reading when !scan.IsSplit:
                await foreach (WorkUnit unit in scan.SplitAsync(cancellationToken))
                    yield return unit;
                break;
            case Round.Reading when call.Parts is null:
                await scan.SettleAsync(cancellationToken);
                _round = Round.Done;
                yield return new Writing();
                break;
            case Round.Reading:
                await scan.SettleAsync(cancellationToken);
                _round = Round.Assembling;
                await foreach (WorkUnit<ListedBlob> unit in BlobUnits.OfAsync(MatchedAsync(), scan.NextUnit, cancellationToken))
                    yield return new Copying(unit.Number, unit.Items);
                break;
            default:
                _round = Round.Done;
                yield return new Assembling();
                break;
        }
    }

    public ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) =>
        unit switch
        {
            Writing => WriteAsync(CopyAllAsync, cancellationToken),
            Assembling => _parts.Count == 0 ? ValueTask.CompletedTask : WriteAsync(AssembleAsync, cancellationToken),
            _ => scan.DoAsync(unit, cancellationToken),
        };

    /// <summary>The parts are put together here.</summary>
    public async Task<PackedUnit?> PackAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        switch (unit)
        {
            case Copying { Blobs: var blobs }:
                return new PackedUnit(PackedExport.OfCopying(unit.Number, blobs), blobs.Sum(static blob => blob.Length));
            case Assembling:
                await DoAsync(unit, cancellationToken);
                return null;
            default:
                return await scan.PackAsync(unit, cancellationToken) is { } packed
                    ? packed with
                    {
                        Content = PackedExport.OfReading(packed.Content),
                    }
                    : null;
        }
    }

    public async Task<byte[]> DoPackedAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken)
    {
        if (PackedExport.AsReading(packed) is { } reading)
            return await scan.DoPackedAsync(reading, cancellationToken);
        List<Fault> faults = [];
        var copying = new BlobCopying(scan, call.Location.Place, (fault, _) =>
        {
            faults.Add(fault);
            return ValueTask.CompletedTask;
        });
        await using var part = new RecordPart(call.Parts!, cancellationToken);
        try
        {
            await copying.RunAsync(PackedExport.ReadCopying(packed).Blobs, part, cancellationToken);
        }
        catch (ExportTargetException)
        {
            // Why it could not be saved is thrown below.
        }

        return PackedExport.Write(new CopiedBlobs(await part.CompleteAsync(), copying.Counts, faults));
    }

    public async Task TakeAsync(ReadOnlyMemory<byte> packed, ReadOnlyMemory<byte> shown, CancellationToken cancellationToken)
    {
        if (PackedExport.AsReading(packed) is { } reading)
        {
            await scan.TakeAsync(reading, shown, cancellationToken);
            return;
        }

        CopiedBlobs copied = PackedExport.Read(shown, scan.Subjects.Count);
        _parts[PackedExport.ReadCopying(packed).Number] = copied.Part;
        Account(copied.Counts);
        foreach (Fault fault in copied.Faults)
            await call.ReportAsync(fault, cancellationToken);
    }

    public async Task GiveUpAsync(ReadOnlyMemory<byte> packed, Fault fault, CancellationToken cancellationToken)
    {
        if (PackedExport.AsReading(packed) is { } reading)
            await scan.GiveUpAsync(reading, fault, cancellationToken);
        else
            await call.ReportAsync(fault, cancellationToken);
    }

    public Task<IReadOnlyList<ExportCompleteness>> CompleteAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ExportCompleteness>>([.. Enumerable.Range(0, scan.Subjects.Count).Select(ToCompleteness)]);

    public void Dispose() => scan.Dispose();

    private async IAsyncEnumerable<ListedBlob> MatchedAsync()
    {
        await Task.CompletedTask;
        foreach (ListedBlob blob in scan.Matched)
            yield return blob;
    }

    private async ValueTask WriteAsync(Func<IRecordFile, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        if (!scan.Matched.Any())
            return;
        await using IRecordFile file = await target.OpenRecordsAsync(
            scan.Layout.Records.FileName,
            scan.Layout.Records.Kind,
            cancellationToken
        );
        await write(file, cancellationToken);
    }

    private async Task CopyAllAsync(IRecordFile file, CancellationToken cancellationToken)
    {
        var copying = new BlobCopying(scan, call.Location.Place, call.ReportAsync);
        await copying.RunAsync(scan.Matched, file, cancellationToken);
        Account(copying.Counts);
    }

    private async Task AssembleAsync(IRecordFile file, CancellationToken cancellationToken)
    {
        foreach (UnitPart part in _parts.Values)
        {
            // Nothing of a part that is not what its worker has saved gets into the package.
            await using (Stream whole = await call.Parts!.OpenAsync(part, cancellationToken))
                await whole.CopyToAsync(Stream.Null, cancellationToken);
            await using Stream content = await call.Parts.OpenAsync(part, cancellationToken);
            await RecordPart.ReadAsync(content, file, cancellationToken);
        }
    }

    private void Account(IReadOnlyList<CopiedCount> counts)
    {
        foreach (CopiedCount count in counts)
        {
            _included[count.Subject] += count.Included;
            _withheld[count.Subject] += count.Withheld;
        }
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

    /// <summary>Blobs whose records another process writes to a part.</summary>
    private sealed record Copying(int Number, IReadOnlyList<ListedBlob> Blobs) : WorkUnit(Number);

    /// <summary>All that is left once the parts are there.</summary>
    private sealed record Assembling() : WorkUnit(0);
}
