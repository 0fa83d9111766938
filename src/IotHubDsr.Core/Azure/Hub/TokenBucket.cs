namespace IotHubDsr.Core.Azure.Hub;

/// <summary>
/// A token bucket in which callers wait in the order in which they came. Its clock is injected, which that of
/// <c>TokenBucketRateLimiter</c> is not, and one caller may take more than the bucket holds: it
/// waits for a full bucket and leaves a debt to those after it, so that the rate holds however large the call. A service that refuses calls
/// although the rate was kept has other callers: each refusal halves the rate, which then comes back little by little.
/// </summary>
internal sealed class TokenBucket
{
    private const double LeastPace = 1 / 16d;
    private static readonly TimeSpan FromHalfToFullPace = TimeSpan.FromMinutes(1);

    /// <summary>Calls that were under way together are refused together: that counts once.</summary>
    private static readonly TimeSpan OneRefusal = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private readonly double _perSecond;
    private readonly double _capacity;
    private double _balance;
    private long _updatedAt;
    private DateTimeOffset _pausedUntil;
    private DateTimeOffset _refusedAt;

    /// <summary>The share of the rate that is kept to.</summary>
    private double _pace = 1;

    /// <param name="perSecond">Tokens that are added in a second.</param>
    /// <param name="capacity">How many it holds; it starts full.</param>
    /// <param name="time">The clock.</param>
    public TokenBucket(double perSecond, double capacity, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _perSecond = perSecond;
        _capacity = capacity;
        _time = time;
        _balance = capacity;
        _updatedAt = time.GetTimestamp();
    }

    /// <summary>Tokens that are added in a second.</summary>
    public double PerSecond => _perSecond;

    /// <summary>How long it takes at least to take so many tokens from a full bucket.</summary>
    public TimeSpan TimeFor(long tokens) => TimeSpan.FromSeconds(Math.Max(0, (tokens - _capacity) / _perSecond));

    /// <param name="tokens">How many are taken.</param>
    /// <param name="onWait">Called before each wait with its length; may be null.</param>
    /// <param name="cancellationToken">Gives up the place in the queue.</param>
    public async Task TakeAsync(int tokens, Action<TimeSpan>? onWait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan wait = Reserve(tokens);
        try
        {
            // While some wait, the service can ask for a pause.
            for (; wait > TimeSpan.Zero; wait = PauseLeft())
            {
                onWait?.Invoke(wait);
                await Task.Delay(wait, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
                _balance += tokens;
            throw;
        }
    }

    /// <summary>Suspends the bucket. Callers do not all resume at once: the bucket is empty after the pause.</summary>
    public void Pause(TimeSpan wait)
    {
        lock (_gate)
        {
            Refill();
            DateTimeOffset now = _time.GetUtcNow();
            if (now >= _pausedUntil && now - _refusedAt >= OneRefusal)
            {
                _pace = Math.Max(LeastPace, _pace / 2);
                _refusedAt = now;
            }

            if (now + wait <= _pausedUntil)
                return;
            _balance = Math.Min(_balance, 0);
            _pausedUntil = now + wait;
        }
    }

    private TimeSpan PauseLeft()
    {
        lock (_gate)
            return TimeSpan.FromMilliseconds(Math.Ceiling((_pausedUntil - _time.GetUtcNow()).TotalMilliseconds));
    }

    private TimeSpan Reserve(int tokens)
    {
        lock (_gate)
        {
            Refill();
            double missing = Math.Min(tokens, _capacity) - _balance;
            _balance -= tokens;

            // Timers count whole milliseconds and cut off the rest.
            TimeSpan wait = missing <= 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(missing / (_perSecond * _pace) * 1000));
            TimeSpan pause = PauseLeft();
            return wait > pause ? wait : pause;
        }
    }

    private void Refill()
    {
        long now = _time.GetTimestamp();
        TimeSpan elapsed = _time.GetElapsedTime(_updatedAt, now);
        _balance = Math.Min(_capacity, _balance + (elapsed.TotalSeconds * _perSecond * _pace));
        _pace = Math.Min(1, _pace + (elapsed / FromHalfToFullPace / 2));
        _updatedAt = now;
    }
}
