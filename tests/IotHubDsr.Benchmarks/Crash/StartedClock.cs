namespace IotHubDsr.Benchmarks.Crash;

/// <summary>A clock that was set when it was made and runs since.</summary>
internal sealed class StartedClock(DateTimeOffset start) : TimeProvider
{
    private readonly long _started = System.GetTimestamp();
    private TimeSpan _skipped;

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(_started) + _skipped;

    public void Skip(TimeSpan time) => _skipped += time;
}
