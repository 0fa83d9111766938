using System.Collections.Concurrent;
using CsCheck;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using Microsoft.Extensions.Time.Testing;
using HubRefusal = IotHubDsr.Sandbox.Hub.HubRefusal;
using ServiceThrottle = IotHubDsr.Sandbox.Hub.HubThrottle;
using ThrottledOperation = IotHubDsr.Sandbox.Hub.ThrottledOperation;

namespace IotHubDsr.Core.Tests.Azure.Hub;

public sealed class HubThrottleTests
{
    private readonly RecordingTime _time = new();

    [Theory]
    [InlineData("S1", 1, 1.0, nameof(HubOperationClass.Registry), 100 / 60.0)]
    [InlineData("S1", 4, 1.0, nameof(HubOperationClass.Registry), 400 / 60.0)]
    [InlineData("S3", 2, 0.5, nameof(HubOperationClass.Registry), 5000 / 60.0)]
    [InlineData("B3", 1, 1.0, nameof(HubOperationClass.Registry), 5000 / 60.0)]
    [InlineData("S3", 1, 1.0, nameof(HubOperationClass.Query), 1000 / 60.0)]
    [InlineData("F1", 1, 1.0, nameof(HubOperationClass.Query), 20 / 60.0)]
    [InlineData("S1", 9, 1.0, nameof(HubOperationClass.TwinRead), 100)]
    [InlineData("S2", 20, 1.0, nameof(HubOperationClass.TwinRead), 200)]
    [InlineData("S3", 2, 0.1, nameof(HubOperationClass.TwinRead), 100)]
    [InlineData("S2", 3, 1.0, nameof(HubOperationClass.CloudToDevice), 300 / 60.0)]
    [InlineData(null, 1, 1.0, nameof(HubOperationClass.Registry), 100 / 60.0)]
    [InlineData("GEN2", 1, 1.0, nameof(HubOperationClass.Registry), 100 / 60.0)]
    public async Task WaitAsync_AfterTheBurst_KeepsTheRateOfTheSku(
        string? sku,
        int units,
        double share,
        string operationClass,
        double perSecond
    )
    {
        HubOperationClass operation = Enum.Parse<HubOperationClass>(operationClass);
        var throttle = HubThrottle.For(sku, units, share, _time);
        double burst = Math.Max(10, perSecond * 10);
        for (int call = 1; call <= (int)burst; call++)
            Assert.True(throttle.WaitAsync(operation, 1, CancellationToken.None).IsCompletedSuccessfully);
        Task next = throttle.WaitAsync(operation, 1, CancellationToken.None);

        // The bucket holds the fraction that is left of the burst.
        double seconds = (1 - (burst - (int)burst)) / perSecond;
        Assert.InRange(_time.Waits.Single().TotalSeconds, seconds - 0.0001, seconds + 0.0011);
        _time.Advance(_time.Waits[0]);
        await next;
    }

    [Fact]
    public async Task WaitAsync_BulkLargerThanTheBucket_GoesAtOnceAndIsPaidForByThoseAfterIt()
    {
        var throttle = HubThrottle.For("S1", 1, 1, _time);

        await throttle.WaitAsync(HubOperationClass.Registry, 100, CancellationToken.None);
        Assert.Empty(_time.Waits);
        Task next = throttle.WaitAsync(HubOperationClass.Registry, 1, CancellationToken.None);

        // 100 were taken of a bucket that held 16.7: the debt and the next token take 84.3 of the hub's 100 in a minute.
        Assert.InRange(_time.Waits.Single().TotalSeconds, 50.6, 50.61);
        _time.Advance(TimeSpan.FromSeconds(51));
        await next;
    }

    [Fact]
    public async Task WaitAsync_Cancelled_GivesItsTurnToOthers()
    {
        var throttle = HubThrottle.For("S1", 1, 0.1, _time);
        await throttle.WaitAsync(HubOperationClass.Query, 10, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        Task given = throttle.WaitAsync(HubOperationClass.Query, 10, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Task next = throttle.WaitAsync(HubOperationClass.Query, 1, CancellationToken.None);
        Assert.InRange(_time.Waits[^1].TotalSeconds, 29.99, 30.01);
        _time.Advance(_time.Waits[^1]);
        await next;
    }

    [Fact]
    public async Task Pause_HubAsksToWait_HoldsBackThoseWhoComeAndThoseWhoWait()
    {
        var throttle = HubThrottle.For("S3", 10, 1, _time);
        throttle.Pause(HubOperationClass.Registry, TimeSpan.FromSeconds(30));

        Task next = throttle.WaitAsync(HubOperationClass.Registry, 1, CancellationToken.None);
        throttle.Pause(HubOperationClass.Registry, TimeSpan.FromSeconds(45));
        Assert.True(throttle.WaitAsync(HubOperationClass.TwinRead, 1, CancellationToken.None).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(15));
        await next;

        Assert.Equal(30, _time.Waits[0].TotalSeconds);
    }

    [Fact]
    public void Pause_WithoutATime_EmptiesTheBucketAndHalvesThePace()
    {
        var throttle = HubThrottle.For("S1", 1, 1, _time);
        throttle.Pause(HubOperationClass.Registry, TimeSpan.Zero);

        _ = throttle.WaitAsync(HubOperationClass.Registry, 1, CancellationToken.None);

        Assert.InRange(_time.Waits.Single().TotalSeconds, 1.19, 1.21);
    }

    [Fact]
    public void Pause_CallsThatWereUnderWayTogether_CountAsOneRefusalAndAMinuteLaterAsNone()
    {
        var throttle = HubThrottle.For("S1", 1, 1, _time);
        for (int refused = 0; refused < 8; refused++)
            throttle.Pause(HubOperationClass.Registry, TimeSpan.Zero);
        _ = throttle.WaitAsync(HubOperationClass.Registry, 1, CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(10));

        _ = throttle.WaitAsync(HubOperationClass.Registry, 16, CancellationToken.None);
        _ = throttle.WaitAsync(HubOperationClass.Registry, 1, CancellationToken.None);

        Assert.InRange(_time.Waits[0].TotalSeconds, 1.19, 1.21);
        Assert.InRange(_time.Waits[1].TotalSeconds, 0.19, 0.21);
    }

    [Fact]
    public async Task WaitAsync_TwoConnectionsAtFullShare_AreSeldomRefusedAndGetAllThrough()
    {
        // Who comes first must not hang on how busy this machine is: all work waits until the time has moved on.
        var turns = new Turns();
        SynchronizationContext? around = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(turns);
        const int devices = 400;
        var hub = new ServiceThrottle(_time);
        var attempts = new List<int>();
        int refusals = 0;
        List<Task> connections = [];
        for (int connection = 0; connection < 2; connection++)
        {
            var throttle = HubThrottle.For("S1", 1, 1, _time);
            connections.AddRange(Enumerable.Range(0, 8).Select(worker => WorkAsync(throttle)));
        }

        while (!connections.TrueForAll(static connection => connection.IsCompleted))
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            turns.Run();
        }

        SynchronizationContext.SetSynchronizationContext(around);
        await Task.WhenAll(connections);

        // A request is tried six times; before refusals were fed back 42 of 100 were refused, and 26 devices remained unread.
        Assert.InRange(attempts.Max(), 2, 4);
        Assert.InRange(refusals, 1, devices * 2 / 10);

        async Task WorkAsync(HubThrottle throttle)
        {
            for (int device = 0; device < devices / 8; device++)
            {
                int attempt = 0;
                do
                {
                    attempt++;
                    await throttle.WaitAsync(HubOperationClass.Registry, 1, CancellationToken.None);
                } while (!Passes(throttle));
                lock (attempts)
                    attempts.Add(attempt);
            }
        }

        bool Passes(HubThrottle throttle)
        {
            try
            {
                hub.Take(ThrottledOperation.Registry, 1);
                return true;
            }
            catch (HubRefusal refusal)
            {
                Interlocked.Increment(ref refusals);
                throttle.Pause(HubOperationClass.Registry, ServiceRetryPolicy.WishedDelay.Wish(refusal.Message)!.Value);
                return false;
            }
        }
    }

    [Fact]
    public async Task WaitAsync_AlreadyCancelled_TakesNothing()
    {
        var throttle = HubThrottle.For("S1", 1, 0.1, _time);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            throttle.WaitAsync(HubOperationClass.Query, 10, new CancellationToken(canceled: true))
        );

        Assert.True(throttle.WaitAsync(HubOperationClass.Query, 10, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WaitAsync_OneClassIsExhausted_OthersGoOn()
    {
        var throttle = HubThrottle.For("S1", 1, 1, _time);
        await throttle.WaitAsync(HubOperationClass.Query, 10, CancellationToken.None);

        _ = throttle.WaitAsync(HubOperationClass.Query, 1, CancellationToken.None);
        Assert.Single(_time.Waits);
        Assert.True(throttle.WaitAsync(HubOperationClass.TwinRead, 1, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public void TakeAsync_AnyCalls_NeverExceedRateAndBurst() =>
        Gen.Select(Gen.Int[1, 100], Gen.Int[1, 20], Gen.Select(Gen.Int[1, 30], Gen.Int[0, 500]).Array[1, 60])
            .Sample(
                (rate, capacity, calls) =>
                {
                    var time = new RecordingTime();
                    var bucket = new TokenBucket(rate, capacity, time);
                    double granted = 0;
                    int largest = 0;
                    double lastGrant = 0;
                    foreach ((int tokens, int pause) in calls)
                    {
                        int waits = time.Waits.Count;
                        _ = bucket.TakeAsync(tokens, onWait: null, CancellationToken.None);
                        double wait = time.Waits.Skip(waits).SingleOrDefault().TotalSeconds;
                        double grant = (time.GetUtcNow() - time.Start).TotalSeconds + wait;
                        largest = Math.Max(largest, tokens);
                        granted += tokens;

                        // A call that is larger than the bucket may run ahead by what it is larger; nobody overtakes.
                        if (granted > (rate * grant) + Math.Max(capacity, largest) + 0.001 || grant < lastGrant - 0.001)
                            return false;
                        lastGrant = grant;
                        time.Advance(TimeSpan.FromMilliseconds(pause));
                    }

                    return true;
                }
            );

    [Theory]
    [InlineData("B1", false)]
    [InlineData("B2", false)]
    [InlineData("B3", false)]
    [InlineData("F1", true)]
    [InlineData("S1", true)]
    [InlineData(null, true)]
    public void For_Tier_SaysWhatTheHubHas(string? sku, bool standard)
    {
        var throttle = HubThrottle.For(sku, 1, 1, _time);

        Assert.Equal(standard, throttle.SupportsTwins);
        Assert.Equal(standard, throttle.SupportsCloudToDevice);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0)]
    [InlineData(1, 1.1)]
    [InlineData(1, double.NaN)]
    public void For_ImpossibleNumbers_AreRefused(int units, double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => HubThrottle.For("S1", units, share, _time));

    /// <summary>Notes how long each caller is made to wait: whether a task has completed already is a matter of the thread pool.</summary>
    private sealed class RecordingTime : FakeTimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (Waits)
            {
                if (dueTime != Timeout.InfiniteTimeSpan)
                    Waits.Add(dueTime);
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    /// <summary>Runs what is posted to it on the thread of the test, one after the other.</summary>
    private sealed class Turns : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Work, object? State)> _posted = new();

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

        public void Run()
        {
            while (_posted.TryDequeue(out (SendOrPostCallback Work, object? State) next))
                next.Work(next.State);
        }
    }
}
