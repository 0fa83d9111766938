using System.Collections.Concurrent;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Queues;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>
/// Storage queues. The service shows the first messages of one and gives away the others only: a longer queue is read as a whole by an
/// erasure alone, if it was asked to.
/// </summary>
/// <param name="open">Opens the queue of a location.</param>
/// <param name="hubName">Name of the hub.</param>
/// <param name="time">The time.</param>
internal sealed class StorageQueueSink(Func<DataLocation, CancellationToken, Task<QueueAccess>> open, string hubName, TimeProvider time)
    : IFinder,
        IExporter,
        IEraser
{
    private readonly ConcurrentDictionary<string, QueueWalked> _walked = new(StringComparer.Ordinal);

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork.Whole(token => FindAsync(call, SelectionOf(call, deviceIds), lines: null, token));

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target)
    {
        RecordSelection selection = SelectionOf(call, deviceIds);
        RecordLines lines = MessageLines.Open(selection, target);
        return new RecordExport(UnitWork.Whole(token => FindAsync(call, selection, lines, token)), lines);
    }

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        UnitWork.Whole(token => EraseAsync(call, findings, token));

    /// <summary>Anything can be put into a queue. Events of a hub name it; what does not is not known to be the subject's.</summary>
    private RecordSelection SelectionOf(SinkCall call, IEnumerable<string> deviceIds) => call.SelectionOf(deviceIds, Origin);

    private RecordOrigin Origin => new(hubName) { IsShared = true };

    private async Task<IReadOnlyList<DeviceDataFinding>> FindAsync(
        SinkCall call,
        RecordSelection selection,
        RecordLines? lines,
        CancellationToken cancellationToken
    )
    {
        QueueAccess queue = await open(call.Location, cancellationToken);
        QueueLook look = await QueueLook.TakeAsync(queue, cancellationToken);

        QueueWalked? walk = WalkBefore(call) is { } last && last.Explains(look, time.GetUtcNow()) ? last : null;
        var findings = new QueueFindings(selection, look, walk);
        var reading = new MessageReading(selection, lines is null ? null : new MessageLines(lines));
        foreach (QueuedMessage message in look.Messages.Concat(walk?.Behind(look) ?? []))
            findings.Add(reading.Read(message));
        if (lines is not null)
            await lines.WriteAsync(cancellationToken);
        call.Reading = findings.Reading;
        return [.. Enumerable.Range(0, selection.Subjects.Count).Select(subject => findings.ToFinding(call, subject))];
    }

    /// <summary>The walk of the same operation, for the verification that follows it: nobody else goes by what was there then.</summary>
    private QueueWalked? WalkBefore(SinkCall call) =>
        _walked.TryGetValue(call.Location.Id, out QueueWalked? last) && last.IsOf(call) && _walked.TryRemove(call.Location.Id, out _)
            ? last
            : null;

    private async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        SinkCall call,
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    )
    {
        _walked.TryRemove(call.Location.Id, out _);
        if (!call.Options.Erasure.SettleMessages)
            return [.. findings.Select(static finding => new ErasureOutcome(finding.DeviceId, 0, 0))];
        QueueAccess queue = await open(call.Location, cancellationToken);
        string[] deviceIds = [.. findings.Select(static finding => finding.DeviceId)];
        var erasure = new QueueErasure(
            queue,
            call.ErasableOf(deviceIds, Origin),
            call.UnboundedSelectionOf(deviceIds, Origin),
            call,
            findings,
            time
        );
        IReadOnlyList<ErasureOutcome> outcomes = await erasure.RunAsync(cancellationToken);
        if (erasure.Walked is { } walked)
            _walked[call.Location.Id] = walked;
        return outcomes;
    }
}
