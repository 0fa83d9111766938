namespace IotHubDsr.Sandbox;

/// <summary>The time of the simulated world: real time plus what a test has advanced.</summary>
internal sealed class SandboxClock(TimeProvider real) : TimeProvider
{
    private long _advancedTicks;
    private DateTimeOffset? _held;

    /// <summary>Called after the world's time was advanced: what was due in between is due now.</summary>
    public event Action? Advanced;

    public override DateTimeOffset GetUtcNow() => _held ?? real.GetUtcNow().AddTicks(Interlocked.Read(ref _advancedTicks));

    public override long TimestampFrequency => real.TimestampFrequency;

    public override long GetTimestamp() =>
        real.GetTimestamp() + (long)(TimeSpan.FromTicks(Interlocked.Read(ref _advancedTicks)).TotalSeconds * TimestampFrequency);

    /// <summary>While the world is made its time does not pass: how long the making takes must not show in it.</summary>
    public void HoldAt(DateTimeOffset time) => _held = time;

    public void Release() => _held = null;

    public void Advance(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        Interlocked.Add(ref _advancedTicks, duration.Ticks);
        Advanced?.Invoke();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        real.CreateTimer(callback, state, dueTime, period);
}
