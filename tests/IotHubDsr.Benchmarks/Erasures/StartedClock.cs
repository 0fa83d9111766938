namespace IotHubDsr.Benchmarks.Erasures;

/// <summary>A clock that was set when it was made and runs since.</summary>
/// <param name="start">The time at which it was set.</param>
/// <param name="rate">How fast it runs: 1 for real time. What takes long on a busy machine takes little of a slow clock's time.</param>
internal sealed class StartedClock(DateTimeOffset start, double rate = 1) : TimeProvider
{
    private readonly long _started = System.GetTimestamp();
    private long _skippedTicks;

    public override DateTimeOffset GetUtcNow() =>
        (start + (System.GetElapsedTime(_started) * rate)).AddTicks(Interlocked.Read(ref _skippedTicks));

    public void Skip(TimeSpan time) => Interlocked.Add(ref _skippedTicks, time.Ticks);

    /// <summary>
    /// A time of the present hour that is far from both of its ends. What may be erased changes when an hour ends, so none ends while a
    /// world is worked on that begins at this time.
    /// </summary>
    public static DateTimeOffset MiddleOfAnHour()
    {
        DateTimeOffset now = System.GetUtcNow();
        return new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 20, 0, TimeSpan.Zero);
    }
}
