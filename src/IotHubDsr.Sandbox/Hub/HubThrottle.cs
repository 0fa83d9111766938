namespace IotHubDsr.Sandbox.Hub;

/// <summary>The groups of operations that have a throttle of their own.</summary>
internal enum ThrottledOperation
{
    Registry,
    Query,
    TwinRead,
    TwinWrite,
    Jobs,
    Configurations,
    Commands,
}

/// <summary>
/// One token bucket per group of operations, filled at the documented rate of the hub's SKU and units. A bucket holds a
/// minute's worth (per-minute limits) or ten seconds' worth (per-second limits): short bursts pass, sustained excess does not.
/// </summary>
internal sealed class HubThrottle(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ThrottledOperation, (double Tokens, DateTimeOffset At)> _buckets = [];
    private readonly Dictionary<ThrottledOperation, long> _taken = [];
    private string _sku = "S1";
    private int _units = 1;

    public string Sku => _sku;

    public int Units => _units;

    /// <summary>What was let through since the start.</summary>
    public IReadOnlyDictionary<ThrottledOperation, long> Taken
    {
        get
        {
            lock (_lock)
                return _taken.ToDictionary();
        }
    }

    public void Configure(string sku, int units)
    {
        lock (_lock)
        {
            (_sku, _units) = (sku, units);
            _buckets.Clear();
        }
    }

    public void Take(ThrottledOperation operation, int cost)
    {
        lock (_lock)
        {
            (double perSecond, double capacity) = Limit(operation);
            DateTimeOffset now = time.GetUtcNow();
            (double Tokens, DateTimeOffset At) bucket = _buckets.GetValueOrDefault(operation, (Tokens: capacity, At: now));
            double tokens = Math.Min(capacity, bucket.Tokens + ((now - bucket.At).TotalSeconds * perSecond));
            if (tokens < cost)
            {
                _buckets[operation] = (tokens, now);
                // A cost above the capacity can never be paid; the service's hint is then merely a full bucket away.
                int wait = Math.Max(1, (int)Math.Ceiling((Math.Min(cost, capacity) - tokens) / perSecond));
                throw new HubRefusal(
                    HubError.ThrottlingException,
                    $"The request has been throttled. Wait {wait} seconds and try again. Operation type: {operation}"
                );
            }

            _buckets[operation] = (tokens - cost, now);
            _taken[operation] = _taken.GetValueOrDefault(operation) + cost;
        }
    }

    private (double PerSecond, double Capacity) Limit(ThrottledOperation operation)
    {
        char tier = _sku.Length > 1 ? _sku[1] : '1';
        return operation switch
        {
            ThrottledOperation.Query => PerMinute((tier == '3' ? 1000 : 20) * _units),
            ThrottledOperation.Configurations => PerMinute(20 * _units),
            ThrottledOperation.TwinRead => PerSecond(Twins(tier, 100, 10, 500)),
            ThrottledOperation.TwinWrite => PerSecond(Twins(tier, 50, 5, 250)),
            _ => PerMinute((tier == '3' ? 5000 : 100) * _units),
        };
    }

    private int Twins(char tier, int floor, int perUnit2, int perUnit3) =>
        tier switch
        {
            '3' => perUnit3 * _units,
            '2' => Math.Max(floor, perUnit2 * _units),
            _ => floor,
        };

    private static (double PerSecond, double Capacity) PerMinute(int limit) => (limit / 60.0, limit);

    private static (double PerSecond, double Capacity) PerSecond(int limit) => (limit, limit * 10.0);
}
