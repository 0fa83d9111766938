using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Blobs;

internal enum LeaseState
{
    Available,
    Leased,
    Expired,
    Breaking,
    Broken,
}

/// <summary>The lease of a blob or container, as a function of time: no timer moves it from one state to the next.</summary>
internal sealed class Lease
{
    private static readonly TimeSpan s_longestBreak = TimeSpan.FromSeconds(60);

    private string? _id;
    private TimeSpan? _duration;
    private DateTimeOffset _expires;
    private DateTimeOffset? _broken;

    public string? Id => _id;

    /// <summary>A lease without an end.</summary>
    public bool IsInfinite => _duration is null;

    public LeaseState StateAt(DateTimeOffset now)
    {
        if (_id is null)
            return LeaseState.Available;

        if (_broken is { } broken)
            return now < broken ? LeaseState.Breaking : LeaseState.Broken;

        return _duration is null || now < _expires ? LeaseState.Leased : LeaseState.Expired;
    }

    public bool IsLockedAt(DateTimeOffset now) => StateAt(now) is LeaseState.Leased or LeaseState.Breaking;

    public string Acquire(string? proposedId, TimeSpan? duration, DateTimeOffset now)
    {
        switch (StateAt(now))
        {
            case LeaseState.Breaking:
                throw new StorageException(Is(proposedId) ? StorageErrors.LeaseIsBreaking : StorageErrors.LeaseAlreadyPresent);
            case LeaseState.Leased when !Is(proposedId):
                throw new StorageException(StorageErrors.LeaseAlreadyPresent);
        }

        _id = proposedId ?? Guid.NewGuid().ToString();
        Start(duration, now);
        return _id;
    }

    public void Renew(string id, DateTimeOffset now)
    {
        RequireMatch(id);
        if (StateAt(now) is LeaseState.Breaking or LeaseState.Broken)
            throw new StorageException(StorageErrors.LeaseBrokenCannotRenew);

        Start(_duration, now);
    }

    public string Change(string id, string proposedId, DateTimeOffset now)
    {
        switch (StateAt(now))
        {
            case LeaseState.Breaking:
                throw new StorageException(StorageErrors.LeaseBreakingCannotChange);
            case not LeaseState.Leased:
                throw new StorageException(StorageErrors.LeaseNotPresentWithLease);
        }

        // A client that repeats a change whose answer it lost already holds the proposed ID.
        if (!Is(proposedId))
            RequireMatch(id);

        return _id = proposedId;
    }

    public void Release(string id)
    {
        RequireMatch(id);
        Forget();
    }

    /// <summary>The time until the lease is broken.</summary>
    public TimeSpan Break(TimeSpan? period, DateTimeOffset now)
    {
        switch (StateAt(now))
        {
            case LeaseState.Available:
                throw new StorageException(StorageErrors.LeaseNotPresentWithLease);
            case LeaseState.Broken or LeaseState.Expired:
                _broken = now;
                return TimeSpan.Zero;
        }

        TimeSpan left =
            _broken is { } broken ? broken - now
            : _duration is null ? TimeSpan.Zero
            : _expires - now;
        // Without a period an infinite lease breaks at once and a fixed one runs out; a period can only shorten what is left.
        TimeSpan wait = (period, _duration) switch
        {
            (null, _) => left,
            ({ } asked, null) when _broken is null => asked,
            ({ } asked, _) => asked < left ? asked : left,
        };
        wait = wait < s_longestBreak ? wait : s_longestBreak;
        _broken = now + wait;
        return wait;
    }

    /// <summary>A write without a lease ID to a resource whose lease has ended makes the resource free again.</summary>
    public void Forget()
    {
        _id = null;
        _broken = null;
        _duration = null;
    }

    public bool Is(string? id) => _id is not null && string.Equals(id, _id, StringComparison.OrdinalIgnoreCase);

    private void Start(TimeSpan? duration, DateTimeOffset now)
    {
        _duration = duration;
        _expires = duration is { } length ? now + length : DateTimeOffset.MaxValue;
        _broken = null;
    }

    private void RequireMatch(string id)
    {
        if (!Is(id))
            throw new StorageException(StorageErrors.LeaseMismatchWithLease);
    }
}
