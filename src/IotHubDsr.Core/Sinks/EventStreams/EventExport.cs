namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>
/// Writes the records of the subjects as JSON lines while a place is read once, unit after unit: the reading adds them to the lines.
/// </summary>
internal sealed class EventExport(IUnitWork<IReadOnlyList<DeviceDataFinding>> scan, EventLines lines, SinkCall call)
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
        return [.. findings.Select(ToCompleteness)];
    }

    public void Dispose()
    {
        scan.Dispose();
        lines.Dispose();
    }

    private ExportCompleteness ToCompleteness(DeviceDataFinding finding, int subject)
    {
        (long included, long withheld) = lines.CountsOf(subject);
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
