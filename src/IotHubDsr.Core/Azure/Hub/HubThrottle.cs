using System.Globalization;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>What a hub throttles separately.</summary>
internal enum HubOperationClass
{
    /// <summary>Identities and modules; a bulk call counts as many as it has devices.</summary>
    Registry,

    TwinRead,

    Query,

    CloudToDevice,

    Jobs,

    Configurations,
}

/// <summary>
/// Paces calls to a hub by the limits of its SKU and units ("IoT Hub quotas and throttling"), so that the devices and back ends that
/// share these limits are not starved. Calls wait for their turn; none fails here.
/// </summary>
internal sealed class HubThrottle
{
    // The hub lets short bursts pass; this is how much of one we allow ourselves.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(10);
    private const double LeastBurst = 10;

    private readonly TokenBucket[] _buckets;
    private readonly PaceNotices _notices;

    private HubThrottle(string? skuName, long units, double share, TimeProvider time)
    {
        string scale = skuName is { Length: > 0 } ? $"{skuName} x {units}" : "an unknown SKU, treated as S1 x 1";
        Pace = string.Create(CultureInfo.InvariantCulture, $"{scale}, of which the connection uses {share * 100:0.#} %");
        Share = share;
        _notices = new PaceNotices(Pace, time);
        // A name such as S3: the letter is the edition, the digit the size. What is not known is taken for the smallest standard hub.
        char size = skuName is { Length: 2 } ? skuName[1] : '1';
        SupportsTwins = SupportsCloudToDevice = skuName is not ['B' or 'b', _];
        bool large = size == '3';
        double perMinute = units * (large ? 5000d : 100d);
        _buckets = new TokenBucket[Enum.GetValues<HubOperationClass>().Length];
        Limit(HubOperationClass.Registry, perMinute / 60);
        Limit(HubOperationClass.CloudToDevice, perMinute / 60);
        Limit(HubOperationClass.Jobs, perMinute / 60);
        Limit(HubOperationClass.Configurations, units * 20d / 60);
        Limit(HubOperationClass.Query, units * (large ? 1000d : 20d) / 60);
        Limit(
            HubOperationClass.TwinRead,
            size switch
            {
                '3' => 500d * units,
                '2' => Math.Max(100d, 10d * units),
                _ => 100d,
            }
        );

        void Limit(HubOperationClass operation, double perSecond)
        {
            double rate = perSecond * share;
            _buckets[(int)operation] = new TokenBucket(rate, Math.Max(LeastBurst, rate * Burst.TotalSeconds), time);
        }
    }

    /// <summary>SKU, units and share in words.</summary>
    public string Pace { get; }

    /// <summary>Share of a service's limits that the connection uses, above 0 and up to 1.</summary>
    public double Share { get; }

    /// <summary>Whether the hub has twins; the basic tier has not.</summary>
    public bool SupportsTwins { get; }

    /// <summary>Whether the hub sends messages to devices; the basic tier does not.</summary>
    public bool SupportsCloudToDevice { get; }

    /// <param name="skuName">Name of the SKU, such as <c>S1</c>; null when unknown.</param>
    /// <param name="units">Number of units, 1 or more.</param>
    /// <param name="share">Share of the limits that this connection may use, above 0 and up to 1.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public static HubThrottle For(string? skuName, long units, double share, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return new HubThrottle(skuName, units, share, time ?? TimeProvider.System);
    }

    /// <summary>Returns when the operation may be sent.</summary>
    /// <param name="operation">What is asked of the hub.</param>
    /// <param name="weight">How many operations the hub counts it as.</param>
    /// <param name="cancellationToken">Gives up the place in the queue.</param>
    public async Task WaitAsync(HubOperationClass operation, int weight, CancellationToken cancellationToken)
    {
        TokenBucket bucket = _buckets[(int)operation];
        bool told = false;
        try
        {
            await bucket.TakeAsync(
                weight,
                wait => told |= _notices.Tell(operation, bucket.PerSecond, wait, isFirst: !told),
                cancellationToken
            );
        }
        finally
        {
            if (told)
                _notices.End(operation);
        }
    }

    /// <summary>How long so many operations take at least at this pace.</summary>
    /// <param name="operation">What is asked of the hub.</param>
    /// <param name="count">How many operations the hub counts.</param>
    public TimeSpan TimeFor(HubOperationClass operation, long count) => _buckets[(int)operation].TimeFor(count);

    /// <summary>The hub has asked to wait: nothing of the kind is sent before that is over.</summary>
    /// <param name="operation">What it refused.</param>
    /// <param name="wait">How long it wishes to be left alone.</param>
    public void Pause(HubOperationClass operation, TimeSpan wait) => _buckets[(int)operation].Pause(wait);
}
