using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Tests.Work;

/// <summary>Units are done round by round, several at once within the limit, and nothing runs on after the end.</summary>
public sealed class LocalSchedulerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Groups_GiveTheirResultsInTheOrderOfTheInputs(int limit)
    {
        IUnitWork<IReadOnlyList<int>> work = UnitWork.OfGroups<int, int>([.. Enumerable.Range(0, 100)], size: 7, async (some, token) =>
        {
            // The first ones take longest.
            await Task.Delay(100 - some[0], token);
            return [.. some.Select(number => number * 2)];
        });

        IReadOnlyList<int> results = await RunAsync(work, limit);

        Assert.Equal(Enumerable.Range(0, 100).Select(number => number * 2), results);
    }

    [Fact]
    public async Task Round_BeginsWhenAllUnitsOfTheOneBeforeAreDone()
    {
        using var work = new RecordedWork(rounds: 3, unitsOfRound: 5);

        await RunAsync(work, limit: 4);

        Assert.Equal([5, 10, 15], work.DoneAtRoundsEnd);
    }

    [Fact]
    public async Task Units_RunAtOnce_AsManyAsTheLimitSays()
    {
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int running = 0;
        using var work = new RecordedWork(rounds: 1, unitsOfRound: 12)
        {
            Do = async (_, token) =>
            {
                // Nobody ends before as many as may be are under way; one more would be counted.
                if (Interlocked.Increment(ref running) >= 3)
                    together.TrySetResult();
                await together.Task.WaitAsync(token);
                Assert.InRange(running, 1, 3);
                Interlocked.Decrement(ref running);
            },
        };

        await RunAsync(work, limit: 3);

        Assert.Equal(12, work.Done);
    }

    [Fact]
    public async Task Units_ThatMustWaitForEachOther_DoSo()
    {
        var order = new ConcurrentQueue<int>();
        using var work = new RecordedWork(rounds: 1, unitsOfRound: 20)
        {
            IsInOrder = true,
            Do = async (unit, token) =>
            {
                await Task.Delay(1, token);
                order.Enqueue(unit.Number);
            },
        };

        await RunAsync(work, limit: 8);

        Assert.Equal(Enumerable.Range(0, 20), order);
    }

    [Fact]
    public async Task Failure_OfAUnit_EndsTheWork_WaitsForTheOthers_AndLetsGo()
    {
        int running = 0;
        var work = new RecordedWork(rounds: 2, unitsOfRound: 8)
        {
            Do = async (unit, token) =>
            {
                Interlocked.Increment(ref running);
                try
                {
                    if (unit.Number == 3)
                        throw new InvalidOperationException("cannot");
                    await Task.Delay(20, CancellationToken.None);
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            },
        };

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(work, limit: 4));

        Assert.Equal((0, true, false), (running, work.IsDisposed, work.IsCompleted));
    }

    [Fact]
    public async Task Stop_EndsTheWork_WaitsForTheUnits_AndLetsGo()
    {
        using var stop = new CancellationTokenSource();
        int running = 0;
        var work = new RecordedWork(rounds: 1, unitsOfRound: 1_000)
        {
            Do = async (_, token) =>
            {
                Interlocked.Increment(ref running);
                await stop.CancelAsync();
                await Task.Delay(20, CancellationToken.None);
                Interlocked.Decrement(ref running);
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LocalScheduler.RunAsync(work, new WorkGate(4), stop.Token));

        Assert.Equal((0, true, false), (running, work.IsDisposed, work.IsCompleted));
        Assert.InRange(work.Done, 0, 8);
    }

    private static Task<T> RunAsync<T>(IUnitWork<T> work, int limit) =>
        LocalScheduler.RunAsync(work, new WorkGate(limit), CancellationToken.None);

    private sealed class RecordedWork(int rounds, int unitsOfRound) : IUnitWork<int>
    {
        private int _round;
        private int _done;

        public bool IsInOrder { get; init; }

        public Func<WorkUnit, CancellationToken, Task> Do { get; init; } = (_, token) => Task.Delay(5, token);

        public List<int> DoneAtRoundsEnd { get; } = [];

        public int Done => _done;

        public bool IsDisposed { get; private set; }

        public bool IsCompleted { get; private set; }

        public bool IsSplit
        {
            get
            {
                if (_round > 0)
                    DoneAtRoundsEnd.Add(_done);
                return _round == rounds;
            }
        }

        public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (int unit = 0; unit < unitsOfRound; unit++)
            {
                await Task.Yield();
                yield return new WorkUnit(unit);
            }

            _round++;
        }

        public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
        {
            await Do(unit, cancellationToken);
            Interlocked.Increment(ref _done);
        }

        public Task<int> CompleteAsync(CancellationToken cancellationToken)
        {
            IsCompleted = true;
            return Task.FromResult(_done);
        }

        public void Dispose() => IsDisposed = true;
    }
}
