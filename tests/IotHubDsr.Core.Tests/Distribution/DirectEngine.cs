using System.Collections.Concurrent;
using IotHubDsr.Core.Distribution;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>An engine whose workers are in this process: no queues, and every fault that an engine may have.</summary>
internal sealed class DirectEngine(IReadOnlyList<UnitWorker> workers, int copies = 1) : IUnitEngine
{
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<string, Task> _batches = new(StringComparer.Ordinal);

    /// <summary>Batches that are accepted and lost: how many more.</summary>
    public int Losses { get; set; }

    public ConcurrentBag<string> Messages { get; } = [];

    public Task StartAsync(UnitBatch batch, CancellationToken cancellationToken)
    {
        Messages.Add(batch.ToText());
        if (Losses-- > 0)
            return Task.CompletedTask;
        _batches.GetOrAdd(batch.Id, _ =>
            Task.WhenAll(
                batch.Units.SelectMany(
                    (unit, index) => Enumerable.Range(0, copies).Select(copy => CarryAsync(batch.TicketOf(unit), index + copy))
                )
            )
        );
        return Task.CompletedTask;
    }

    public Task<bool> IsOpenAsync(string batchId, CancellationToken cancellationToken) =>
        Task.FromResult(_batches.TryGetValue(batchId, out Task? batch) && !batch.IsCompleted);

    public Task ForgetAsync(string batchId, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        foreach (Task batch in _batches.Values)
            await batch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task CarryAsync(UnitTicket ticket, int turn)
    {
        await Task.Yield();
        for (; await workers[turn % workers.Count].DoAsync(ticket, _ending.Token) != UnitAnswer.Over; turn++)
            await Task.Delay(20, _ending.Token);
    }
}
