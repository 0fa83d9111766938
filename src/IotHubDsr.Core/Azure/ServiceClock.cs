using System.Globalization;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// The time of the services that a connection talks to, learned from the <c>Date</c> header of their answers. Between answers it runs with
/// the machine's timer, never with its wall clock: one that is wrong, or is set during a run, decides nothing.
/// </summary>
/// <remarks>
/// Each host has one vote, and the lower median wins: a single host that is hours off is outvoted, and where two disagree the earlier time
/// holds, because a verdict that waits too long is right and one that waits too little is not. Before the first answer the time is the
/// machine's.
/// </remarks>
internal sealed class ServiceClock(TimeProvider machine) : TimeProvider
{
    /// <summary>What transit, whole seconds and drift explain. Beyond it clocks disagree.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    private static readonly DateTimeOffset Earliest = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly object _gate = new();
    private readonly Dictionary<string, Vote> _votes = new(StringComparer.OrdinalIgnoreCase);
    private readonly long _start = machine.GetTimestamp();
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>The time by the services; null before the first answer that gave one.</summary>
    public DateTimeOffset? Known
    {
        get
        {
            lock (_gate)
                return _votes.Count == 0 ? null : Advance(Agreed() + Elapsed);
        }
    }

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    private TimeSpan Elapsed => machine.GetElapsedTime(_start);

    public override DateTimeOffset GetUtcNow() => Known ?? machine.GetUtcNow();

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Records the time of a response.</summary>
    /// <param name="host">Who answered.</param>
    /// <param name="date">The value of its <c>Date</c> header; what is not a plausible time is ignored.</param>
    public void Hear(string host, string date)
    {
        if (
            !DateTimeOffset.TryParseExact(date, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset told)
            || told < Earliest
        )
        {
            return;
        }

        lock (_gate)
        {
            TimeSpan elapsed = Elapsed;
            DateTimeOffset zero = told - elapsed,
                wallZero = machine.GetUtcNow() - elapsed;
            TimeSpan jump = _votes.TryGetValue(host, out Vote known) ? zero - known.Zero : TimeSpan.Zero;
            bool isJump = jump.Duration() > Tolerance;
            _votes[host] = new Vote(zero, wallZero, isJump ? jump : known.Jump);
            if (isJump)
                Follow(jump, isWitnessed: IsNear(wallZero - known.WallZero, jump));
        }
    }

    /// <summary>A warning where the machine's clock is wrong or the services disagree; null where all clocks agree.</summary>
    public string? Warning()
    {
        if (Known is not { } now)
            return "No service has reported the time: nothing whose verdict depends on the time is settled.";
        TimeSpan skew = machine.GetUtcNow() - now;
        List<string> odd;
        lock (_gate)
        {
            odd =
            [
                .. _votes
                    .Where(vote => (vote.Value.Zero - Agreed()).Duration() > Tolerance)
                    .Select(vote => vote.Key)
                    .Order(StringComparer.Ordinal),
            ];
        }

        if (odd.Count > 0)
            return $"The clock of {string.Join(", ", odd)} differs from that of the other services; the time is {now:u}.";
        return skew.Duration() > Tolerance
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"This machine's clock is {skew.Duration():d\\.hh\\:mm\\:ss} {(skew > TimeSpan.Zero ? "fast" : "slow")}; the time of the "
                    + $"services, {now:u}, is used instead."
            )
            : null;
    }

    /// <summary>
    /// The timer stands still while a machine sleeps: when a second host has jumped by as much, or the machine's wall clock has, all have,
    /// and those that have not answered since are moved along.
    /// </summary>
    private void Follow(TimeSpan jump, bool isWitnessed)
    {
        List<string> jumped = [.. _votes.Where(vote => vote.Value.Jump is { } other && IsNear(other, jump)).Select(vote => vote.Key)];
        if (jumped.Count < 2 && !isWitnessed)
            return;
        foreach ((string host, Vote vote) in _votes.ToList())
            _votes[host] = jumped.Contains(host) ? vote with { Jump = null } : new Vote(vote.Zero + jump, vote.WallZero + jump, Jump: null);
    }

    private static bool IsNear(TimeSpan one, TimeSpan other) => (one - other).Duration() <= Tolerance;

    private DateTimeOffset Agreed()
    {
        DateTimeOffset[] zeros = [.. _votes.Values.Select(vote => vote.Zero).Order()];
        return zeros[(zeros.Length - 1) / 2];
    }

    /// <summary>Small corrections never turn the time back; large ones do, since what they correct was wrong.</summary>
    private DateTimeOffset Advance(DateTimeOffset now) => _last = now < _last && _last - now <= Tolerance ? _last : now;

    /// <param name="Zero">The host's time when the timer stood at zero.</param>
    /// <param name="WallZero">The machine's time then, as it was when the host answered.</param>
    /// <param name="Jump">By how much its time jumped against the timer, until it is known whether that of others did.</param>
    private readonly record struct Vote(DateTimeOffset Zero, DateTimeOffset WallZero, TimeSpan? Jump);
}
