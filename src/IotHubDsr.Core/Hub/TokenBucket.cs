namespace IotHubDsr.Hub;

/// <summary>
/// A token bucket in which callers wait in the order in which they came. Its clock is injected, which that of
/// <c>TokenBucketRateLimiter</c> is not, and one caller may take more than the bucket holds: it
/// waits for a full bucket and leaves a debt to those after it, so that the rate holds however large the call.
/// </summary>
internal sealed class TokenBucket
{
    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private readonly double _perSecond;
    private readonly double _capacity;
    private double _balance;
    private long _updatedAt;

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

    public async Task TakeAsync(int tokens, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan wait = Reserve(tokens);
        if (wait <= TimeSpan.Zero)
            return;
        try
        {
            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
                _balance += tokens;
            throw;
        }
    }

    private TimeSpan Reserve(int tokens)
    {
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            _balance = Math.Min(_capacity, _balance + (_time.GetElapsedTime(_updatedAt, now).TotalSeconds * _perSecond));
            _updatedAt = now;
            double missing = Math.Min(tokens, _capacity) - _balance;
            _balance -= tokens;

            // Timers count whole milliseconds and cut off the rest.
            return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(missing / _perSecond * 1000));
        }
    }
}
