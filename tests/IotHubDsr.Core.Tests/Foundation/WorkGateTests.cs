using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Foundation;

/// <summary>How much an operation does at once, whatever it does and in how many locations.</summary>
public sealed class WorkGateTests
{
    private const int Large = 64 * 1024 * 1024;
    private const int Small = 100_000;

    [Theory]
    [InlineData(4, Large, 4)]
    [InlineData(4, Small, 32)]
    [InlineData(1, Small, 8)]
    [InlineData(64, Large, 64)]
    [InlineData(64, Small, 64)]
    public async Task Blobs_AreReadAsManyAtOnceAsTheLimitSaysAndMoreOfSmallOnes(int limit, long length, int expected)
    {
        var gate = new WorkGate(limit);
        var meter = new Meter();

        await gate.ForEachBlobAsync(Enumerable.Range(0, 200), _ => length, meter.WorkAsync, CancellationToken.None);

        Assert.Equal(expected, meter.Most);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    [InlineData(64, 8)]
    public async Task Rewrites_AreNeverManyAtOnce(int limit, int expected)
    {
        var gate = new WorkGate(limit);
        var meter = new Meter();

        await gate.ForEachRewriteAsync(Enumerable.Range(0, 100), meter.WorkAsync, CancellationToken.None);

        Assert.Equal(expected, meter.Most);
    }

    [Fact]
    public async Task AllKindsOfWork_TogetherKeepWithinTheLimit()
    {
        var gate = new WorkGate(16);
        var meter = new Meter();

        await Task.WhenAll(
            gate.ForEachRewriteAsync(Enumerable.Range(0, 60), meter.WorkAsync, CancellationToken.None),
            gate.ForEachAsync(Enumerable.Range(0, 60), meter.WorkAsync, CancellationToken.None),
            gate.SelectAsync([.. Enumerable.Range(0, 60)], meter.SelectAsync, CancellationToken.None),
            gate.ForEachBlobAsync(Enumerable.Range(0, 60), _ => Large, meter.WorkAsync, CancellationToken.None)
        );

        Assert.InRange(meter.Most, 1, 16);
        Assert.Equal(240, meter.Done);
    }

    [Fact]
    public async Task Work_ThatAnItemSetsGoing_WaitsForNoTurnOfItsOwn()
    {
        var gate = new WorkGate(1);
        IReadOnlyList<int> results = [];

        await gate.ForEachAsync(
            [1],
            async (_, token) => results = await gate.SelectAsync([1, 2, 3], (number, _) => Task.FromResult(number * 2), token),
            CancellationToken.None
        );

        Assert.Equal([2, 4, 6], results);
    }

    [Fact]
    public async Task Select_GivesTheResultsInTheOrderOfTheInputs()
    {
        var gate = new WorkGate(8);
        IReadOnlyList<int> results = await gate.SelectAsync(
            [.. Enumerable.Range(0, 50)],
            async (number, _) =>
            {
                await Task.Yield();
                return number * number;
            },
            CancellationToken.None
        );

        Assert.Equal(Enumerable.Range(0, 50).Select(number => number * number), results);
    }

    [Fact]
    public async Task Wait_ThatIsCancelled_LetsThoseBehindItIn()
    {
        var shares = new WorkShares(8);
        await shares.TakeAsync(4, CancellationToken.None);
        using var impatience = new CancellationTokenSource();
        Task large = shares.TakeAsync(8, impatience.Token);
        Task small = shares.TakeAsync(2, CancellationToken.None);
        Assert.False(small.IsCompleted);

        await impatience.CancelAsync();

        await small.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        shares.Return(4);
        shares.Return(2);
        await shares.TakeAsync(8, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task LargeWork_IsNotPassedOverBySmallWorkThatCameLater()
    {
        var shares = new WorkShares(8);
        await shares.TakeAsync(1, CancellationToken.None);
        Task large = shares.TakeAsync(8, CancellationToken.None);
        Task small = shares.TakeAsync(1, CancellationToken.None);

        shares.Return(1);

        await large.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(small.IsCompleted);
        shares.Return(8);
        await small.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Work that goes on until as much as possible is under way, and counts it.</summary>
    private sealed class Meter
    {
        private int _now;
        private int _most;
        private int _done;

        public int Most => _most;

        public int Done => _done;

        public async ValueTask WorkAsync(int item, CancellationToken cancellationToken)
        {
            int now = Interlocked.Increment(ref _now);
            int most = _most;
            while (now > most && Interlocked.CompareExchange(ref _most, now, most) is var seen && seen != most)
                most = seen;
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            Interlocked.Decrement(ref _now);
            Interlocked.Increment(ref _done);
        }

        public async Task<int> SelectAsync(int item, CancellationToken cancellationToken)
        {
            await WorkAsync(item, cancellationToken);
            return item;
        }
    }
}
