namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>Writes the documents of the subjects as JSON lines while the container is read once, unit after unit.</summary>
internal sealed class DocumentExport(DocumentScan scan, SinkCall call, IExportTarget target) : IUnitWork<IReadOnlyList<ExportCompleteness>>
{
    private DocumentLines Lines => scan.Lines ??= new DocumentLines(scan.Selection, target);

    public bool IsInOrder => true;

    public bool IsSplit => scan.IsSplit;

    public IAsyncEnumerable<WorkUnit> SplitAsync(CancellationToken cancellationToken)
    {
        _ = Lines;
        return scan.SplitAsync(cancellationToken);
    }

    public ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) => scan.DoAsync(unit, cancellationToken);

    public async Task<IReadOnlyList<ExportCompleteness>> CompleteAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DeviceDataFinding> findings = await scan.CompleteAsync(cancellationToken);
        await Lines.CloseAsync();
        return [.. findings.Select(ToCompleteness)];
    }

    public void Dispose()
    {
        scan.Dispose();
        Lines.Dispose();
    }

    private ExportCompleteness ToCompleteness(DeviceDataFinding finding, int subject)
    {
        (long included, long withheld) = Lines.CountsOf(subject);
        bool isUnread = finding.Verdict is Verdict.Unreachable;
        return new ExportCompleteness
        {
            DeviceId = finding.DeviceId,
            LocationId = call.Location.Id,
            Kind = call.Location.Kind,
            Place = call.Location.Place,
            Verdict = finding.Verdict,
            Found = isUnread ? null : included + withheld,
            Included = included,
            Withheld = withheld,
            OtherGenerationRecords = finding.OtherGenerationRecords,
            Unreachable = isUnread ? null : 0,
            Ground = withheld > 0 ? RecordRemarks.Withheld + finding.Detail : finding.Detail,
        };
    }
}
