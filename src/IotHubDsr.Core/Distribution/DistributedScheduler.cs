using System.Globalization;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// Hands units to workers, and takes in what they show. Work that does not travel is done in this process. When it is cancelled, workers go
/// on with what they have: the same work, begun again over the same folder, finds what they did.
/// </summary>
/// <param name="folder">The request, or what stands for one.</param>
/// <param name="record">Adds a line to its journal.</param>
/// <param name="hubHostName">Host name of the hub.</param>
/// <param name="engine">Carries the units.</param>
/// <param name="time">The clock of the waits.</param>
internal sealed class DistributedScheduler(
    ISegmentFolder folder,
    Func<JournalEvent, CancellationToken, Task> record,
    string hubHostName,
    IUnitEngine engine,
    TimeProvider time
) : IUnitScheduler
{
    /// <summary>For how long nothing of a batch may be done before the engine is asked whether it still has it.</summary>
    public TimeSpan PatienceWithEngine { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Digest of the plan that is run; null where none is. Each run of a plan reads for itself: what an earlier one had read says nothing
    /// of what is there now.
    /// </summary>
    public string? Plan { get; init; }

    /// <summary>Whether the journal has taken in a unit, by the work and its number.</summary>
    public Func<string, int, bool> IsTaken { get; init; } = static (_, _) => false;

    public async Task<TResult> RunAsync<TResult>(IUnitWork<TResult> work, UnitOrder order, CancellationToken cancellationToken)
    {
        if (work is not IPortableWork portable)
            return await LocalScheduler.Instance.RunAsync(work, order, cancellationToken);
        using (work)
        {
            UnitFiles files = await OpenAsync(order, cancellationToken);
            order.Call.Parts = new UnitParts(files);
            using var run = new DistributedRun(files, portable, order.Call, record, engine, time, PatienceWithEngine, Plan);
            try
            {
                while (!work.IsSplit)
                    await run.RoundAsync(work.SplitAsync(cancellationToken), cancellationToken);
                TResult result = await work.CompleteAsync(cancellationToken);
                await run.EndAsync(cancellationToken);
                return result;
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Nobody is left who would take in what is still to be done.
                if (order.Role == UnitRole.Erase)
                    await new UnitWithdrawal(files, unit => IsTaken(files.Work, unit), record, time).RunAsync(Plan, cancellationToken);
                else
                    await files.StopAsync(cancellationToken);
                await run.EndAsync(cancellationToken);
                await files.WaitForWorkersAsync(time, cancellationToken);
                throw;
            }
        }
    }

    /// <summary>
    /// The files of the work. Where an earlier command has left some of the same place, these are taken if its order was the same: what was
    /// read for other devices, or under another statement of the operator, says nothing.
    /// </summary>
    private async Task<UnitFiles> OpenAsync(UnitOrder order, CancellationToken cancellationToken)
    {
        byte[] content = WorkOrder.Of(order, hubHostName, Plan).ToBytes();
        for (int number = 1; ; number++)
        {
            var files = new UnitFiles(folder, string.Create(CultureInfo.InvariantCulture, $"{order.Call.Location.Id}.{number}"));
            if (await files.ReadOrderAsync(cancellationToken) is not { } other)
                await files.SaveOrderAsync(content, cancellationToken);
            else if (Plan is not null || !other.AsSpan().SequenceEqual(content))
                continue;
            else
                await files.ReleaseAsync(cancellationToken);
            return files;
        }
    }
}
