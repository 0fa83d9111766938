namespace IotHubDsr.Sandbox.Messaging;

/// <summary>Rings when the world's time reaches a moment, also when the world's time was advanced to it.</summary>
internal sealed class WorldAlarm
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly SandboxClock _clock;
    private readonly ITimer _timer;
    private DateTimeOffset? _due;

    public WorldAlarm(SandboxClock clock, Action ring)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        clock.Advanced += ring;
    }

    /// <summary>The next moment; null for none.</summary>
    public void Set(DateTimeOffset? due)
    {
        if (due == _due)
            return;

        _due = due;
        _timer.Change(due is { } moment ? WaitFor(moment) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan WaitFor(DateTimeOffset moment)
    {
        TimeSpan left = moment - _clock.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero
            : left > Longest ? Longest
            : left + TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Makes the next <see cref="Set"/> count, although its moment may be the same.</summary>
    public void Rang() => _due = null;
}
