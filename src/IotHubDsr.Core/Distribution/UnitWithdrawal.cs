using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Segments;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// Takes the units of a work out of the hands of workers: each segment is taken under its lease and closed, so that nobody can write to it
/// any more, and what it announced is put on record in the journal of the request.
/// </summary>
internal sealed class UnitWithdrawal(
    UnitFiles files,
    Func<int, bool> isTaken,
    Func<JournalEvent, CancellationToken, Task> record,
    TimeProvider time
)
{
    private const string Worker = "command";

    /// <summary>A worker sees the stop at the next renewal; one that is dead keeps its lease a little longer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="plan">Digest of the plan that the work ran.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string? plan, CancellationToken cancellationToken)
    {
        await files.StopAsync(cancellationToken);
        foreach (string unit in await files.ListUnitsAsync(cancellationToken))
        {
            if (isTaken(UnitFiles.NumberOf(unit)) || await files.ReadUnitAsync(unit, cancellationToken) is not { } content)
                continue;
            SegmentState state = await CloseAsync(unit, files.StartOf(unit, content, plan), cancellationToken);
            foreach (Announced announced in state.Announcements)
                await record(announced, cancellationToken);
            await record(
                new UnitsTaken(files.Work, [new TakenUnit(UnitFiles.NumberOf(unit), state.Head.Hash, state.Head.Lines)]),
                cancellationToken
            );
        }
    }

    private async Task<SegmentState> CloseAsync(string unit, SegmentStart start, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using Segment? segment = await files.TryOpenAsync(unit, start, Worker, time, cancellationToken);
            if (segment is null)
            {
                await Task.Delay(Pause, time, cancellationToken);
                continue;
            }

            if (segment.State.Ending is null)
                await segment.CloseAsync(new UnitClosed(UnitOutcomes.Withdrawn, Result: null, segment.Attempts), cancellationToken);
            return segment.State;
        }
    }
}
