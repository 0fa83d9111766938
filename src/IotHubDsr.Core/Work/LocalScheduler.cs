using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Work;

/// <summary>Does units in this process, as many at once as the caller allows items: what a unit does inside waits at the same gate.</summary>
internal sealed class LocalScheduler : IUnitScheduler
{
    private LocalScheduler() { }

    public static LocalScheduler Instance { get; } = new();

    public Task<TResult> RunAsync<TResult>(IUnitWork<TResult> work, UnitOrder order, CancellationToken cancellationToken) =>
        RunAsync(work, order.Call.Gate, cancellationToken);

    /// <summary>As above, of work whose place is known to nobody else.</summary>
    /// <param name="work">The work; it is disposed of.</param>
    /// <param name="gate">What bounds all that the operation does at once.</param>
    /// <param name="cancellationToken">Ends it; units that have begun are waited for.</param>
    public static async Task<TResult> RunAsync<TResult>(IUnitWork<TResult> work, WorkGate gate, CancellationToken cancellationToken)
    {
        using (work)
        {
            var options = new ParallelOptions
            {
                MaxDegreeOfParallelism = work.IsInOrder ? 1 : gate.Limit,
                CancellationToken = cancellationToken,
            };
            while (!work.IsSplit)
                await Parallel.ForEachAsync(work.SplitAsync(cancellationToken), options, work.DoAsync);
            return await work.CompleteAsync(cancellationToken);
        }
    }
}
