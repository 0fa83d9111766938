namespace IotHubDsr.Core.Sinks;

/// <summary>
/// Writes the records of the subjects as JSON lines while a place is read once, unit after unit: the reading adds them to the lines.
/// </summary>
internal sealed class RecordExport(IUnitWork<IReadOnlyList<DeviceDataFinding>> scan, RecordLines lines)
    : IUnitWork<IReadOnlyList<ExportCompleteness>>
{
    public bool IsInOrder => true;

    public bool IsSplit => scan.IsSplit;

    public IAsyncEnumerable<WorkUnit> SplitAsync(CancellationToken cancellationToken) => scan.SplitAsync(cancellationToken);

    public ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) => scan.DoAsync(unit, cancellationToken);

    public async Task<IReadOnlyList<ExportCompleteness>> CompleteAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DeviceDataFinding> findings = await scan.CompleteAsync(cancellationToken);
        await lines.CloseAsync();
        return [.. findings.Select(lines.AccountOf)];
    }

    public void Dispose()
    {
        scan.Dispose();
        lines.Dispose();
    }
}
