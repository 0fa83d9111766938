using System.Globalization;

namespace IotHubDsr.Core.Azure.Cosmos;

/// <summary>
/// Keeps the pace that an account asks for: when it wishes to be left alone, no call of the connection goes out before that is over.
/// </summary>
internal sealed class CosmosPace(TimeProvider time, TimeSpan firstDelay, string target)
{
    /// <summary>Nobody notices a shorter wait.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _until;

    public TimeProvider Time => time;

    /// <summary>How long a call that failed waits before its second attempt, where the service does not say.</summary>
    public TimeSpan FirstDelay => firstDelay;

    /// <summary>Returns when a call may be sent.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (Left() is { Ticks: > 0 } left)
            await Task.Delay(RoundUp(left), time, cancellationToken);
    }

    /// <summary>The account has asked to wait.</summary>
    public void Pause(TimeSpan wait)
    {
        TimeSpan until = time.GetElapsedTime(_start) + wait;
        lock (_gate)
            _until = until > _until ? until : _until;
        if (wait >= Shortest)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{target} asks to wait for {wait.TotalSeconds:0.#} seconds.");
            OperationNotices.Send(NoticeLevel.Verbose, text);
        }
    }

    private TimeSpan Left()
    {
        lock (_gate)
            return _until - time.GetElapsedTime(_start);
    }

    /// <summary>A timer counts whole milliseconds, and may be early by a part of one.</summary>
    private static TimeSpan RoundUp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}

/// <summary>The attempts of one call.</summary>
internal sealed class CosmosAttempts(CosmosPace pace)
{
    private const int MostFailures = 5;

    /// <summary>An account that is busy asks several times, also those who wait as it wishes.</summary>
    private const int MostThrottles = 20;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private int _failures;
    private int _throttles;

    /// <summary>Waits until the next attempt is due; false when there should be none.</summary>
    public async Task<bool> WaitAsync(CosmosFailure failure, CancellationToken cancellationToken)
    {
        int made = failure.IsThrottle ? ++_throttles : ++_failures;
        if (made > (failure.IsThrottle ? MostThrottles : MostFailures))
            return false;
        TimeSpan delay = pace.FirstDelay * Math.Pow(2, Math.Min(made, MostFailures) - 1);
        TimeSpan wait = failure.Wait ?? (delay < LongestDelay ? delay : LongestDelay);
        if (failure.IsThrottle)
            pace.Pause(wait);
        else
            await Task.Delay(wait, pace.Time, cancellationToken);
        return true;
    }
}
