namespace IotHubDsr.Sandbox.Logs.Rest;

/// <summary>At most 200 requests in 30 seconds, and five at once.</summary>
internal sealed class LogThrottle(TimeProvider clock)
{
    private const int MostRequests = 200;
    private const int MostAtOnce = 5;

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _times = [];
    private int _running;

    /// <summary>Throws when there are too many; the returned scope is disposed when the request is done.</summary>
    public IDisposable Enter()
    {
        lock (_lock)
        {
            DateTimeOffset now = clock.GetUtcNow();
            while (_times.TryPeek(out DateTimeOffset first) && first <= now - s_window)
                _times.Dequeue();

            if (_times.Count >= MostRequests || _running >= MostAtOnce)
                throw LogErrors.Throttled;

            _times.Enqueue(now);
            _running++;
        }

        return new Scope(this);
    }

    private void Leave()
    {
        lock (_lock)
            _running--;
    }

    private sealed class Scope(LogThrottle throttle) : IDisposable
    {
        public void Dispose() => throttle.Leave();
    }
}
