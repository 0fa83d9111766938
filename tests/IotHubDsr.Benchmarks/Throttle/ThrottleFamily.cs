using System.Threading.RateLimiting;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using HubRefusal = IotHubDsr.Sandbox.Hub.HubRefusal;
using ServiceThrottle = IotHubDsr.Sandbox.Hub.HubThrottle;
using ThrottledOperation = IotHubDsr.Sandbox.Hub.ThrottledOperation;

namespace IotHubDsr.Benchmarks.Throttle;

/// <summary>
/// How often a hub refuses calls that keep to its rate, when somebody else keeps to it as well: our bucket, which learns from refusals,
/// against the runtime's, which does not. Both wait as long as the hub says.
/// </summary>
internal sealed class ThrottleFamily : IBenchmarkFamily
{
    private const int Connections = 2;
    private const int WorkersOfConnection = 8;
    private const int CallsOfWorker = 250;

    /// <summary>Twin reads of an S1: 100 in a second, and ten seconds' worth at once.</summary>
    private const int PerSecond = 100;
    private const int Burst = 1_000;

    public string Name => "throttle";

    public string Description => "calls that a hub refuses to two connections at their full rate, against the runtime's rate limiter";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        (int ours, double ourSeconds) = await MeasureAsync(() =>
        {
            var throttle = HubThrottle.For("S1", 1, 1);
            return new Pace(
                token => throttle.WaitAsync(HubOperationClass.TwinRead, 1, token),
                wait => throttle.Pause(HubOperationClass.TwinRead, wait)
            );
        });
        var limiters = new List<TokenBucketRateLimiter>();
        (int theirs, double theirSeconds) = await MeasureAsync(() =>
        {
            var limiter = new TokenBucketRateLimiter(
                new TokenBucketRateLimiterOptions
                {
                    TokenLimit = Burst,
                    TokensPerPeriod = PerSecond / 10,
                    ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
                    QueueLimit = int.MaxValue,
                }
            );
            limiters.Add(limiter);
            return new Pace(async token => (await limiter.AcquireAsync(1, token)).Dispose(), _ => { });
        });
        limiters.ForEach(static limiter => limiter.Dispose());
        report(new BenchmarkRow("hub_refusals_vs_limiter", (double)ours / theirs, "ratio", 0.5, AtMost: true));
        report(new BenchmarkRow("hub_calls_time_vs_limiter", ourSeconds / theirSeconds, "ratio", 1.1, AtMost: true));
    }

    private static async Task<(int Refusals, double Seconds)> MeasureAsync(Func<Pace> make)
    {
        var hub = new ServiceThrottle(TimeProvider.System);
        int refusals = 0;
        long start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(_ => make())
                .SelectMany(pace => Enumerable.Range(0, WorkersOfConnection).Select(_ => WorkAsync(pace)))
        );
        return (refusals, TimeProvider.System.GetElapsedTime(start).TotalSeconds);

        async Task WorkAsync(Pace pace)
        {
            for (int call = 0; call < CallsOfWorker; call++)
            {
                while (true)
                {
                    await pace.TakeAsync(CancellationToken.None);
                    if (Refused(hub) is not { } wait)
                        break;
                    Interlocked.Increment(ref refusals);
                    pace.OnRefused(wait);
                    await Task.Delay(wait);
                }
            }
        }
    }

    private static TimeSpan? Refused(ServiceThrottle hub)
    {
        try
        {
            hub.Take(ThrottledOperation.TwinRead, 1);
            return null;
        }
        catch (HubRefusal refusal)
        {
            return ServiceRetryPolicy.WishedDelay.Wish(refusal.Message)!.Value;
        }
    }

    /// <param name="TakeAsync">Waits until a call may be made.</param>
    /// <param name="OnRefused">The hub has refused it, and says how long to wait.</param>
    private sealed record Pace(Func<CancellationToken, Task> TakeAsync, Action<TimeSpan> OnRefused);
}
