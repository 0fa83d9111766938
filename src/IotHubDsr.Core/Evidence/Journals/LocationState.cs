namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What a journal says of one subject in one location.</summary>
internal sealed record StepState
{
    public static StepState Unknown { get; } = new();

    /// <summary>Records erased, over all runs.</summary>
    public long Erased { get; init; }

    /// <summary>Documents or blobs changed, over all runs.</summary>
    public int Changes { get; init; }

    /// <summary>When something was erased last; null when nothing was.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>
    /// When the location was first read, without interruption since, with nothing of the subject in it; null while something is, and before
    /// it was read.
    /// </summary>
    public DateTimeOffset? EmptyAt { get; init; }

    /// <summary>Whether all that was found was erased.</summary>
    public bool IsSettled { get; init; }

    /// <summary>Whether the step was not approved.</summary>
    public bool IsDeclined { get; init; }

    /// <summary>The verdict when the location was read last; null when it was not read since.</summary>
    public Verdict? Verdict { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>Records that were there; null if not counted.</summary>
    public long? Remaining { get; init; }

    /// <summary>Whether <see cref="Until"/> had passed, by the services' time, in a place that nobody can read.</summary>
    public bool IsOver { get; init; }

    /// <summary>Records that were erased under earlier plans.</summary>
    public long ErasedBefore { get; init; }

    /// <summary>Whether what is left takes a further plan.</summary>
    public bool NeedsPlan { get; init; }

    /// <summary>Whether there is nothing left to do, or to wait for.</summary>
    public bool IsFinal => Verdict is IotHubDsr.Verdict.Absent or IotHubDsr.Verdict.Erased;
}

/// <summary>What a journal says of one location. What all subjects share is held once, however many they are.</summary>
internal sealed class LocationState
{
    private readonly Dictionary<string, StepState> _own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _replaced = new(StringComparer.Ordinal);
    private StepState _common = StepState.Unknown;

    public PlannedLocation? Planned { get; set; }

    /// <summary>When it was erased from last.</summary>
    public DateTimeOffset? ErasedAt { get; set; }

    /// <summary>When it was read again last.</summary>
    public DateTimeOffset? ReadAt { get; set; }

    /// <summary>
    /// When the configuration was first seen to let nothing more in; null while it lets something in, and before it was read.
    /// </summary>
    public DateTimeOffset? ClosedSince { get; private set; }

    /// <summary>When messages were last known to wait in the hub for the location.</summary>
    public DateTimeOffset? QueuedAt { get; private set; }

    /// <summary>Whether a destructive call was announced, or made.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>When a destructive call was announced last; null when none was.</summary>
    public DateTimeOffset? AnnouncedAt { get; private set; }

    /// <summary>Orders to erase from it that a service carries out later.</summary>
    public LocationTickets Tickets { get; } = new();

    /// <summary>What was announced and not accounted for since.</summary>
    public Announcements Announced { get; } = new();

    /// <summary>Contents whose replacement was announced, by any run: the digest of what had to stay, by ETag.</summary>
    public IReadOnlyDictionary<string, string> Replaced => _replaced;

    public void See(string? inflow, DateTimeOffset at)
    {
        ClosedSince = inflow == Inflows.Closed ? ClosedSince ?? at : null;
        if (inflow == Inflows.Queued)
            QueuedAt = at;
    }

    /// <summary>
    /// Times recorded by a machine's clock are replaced with times at which they were certainly true: what was found closed counts from the
    /// next reading, and no wait relies on a time that may be wrong.
    /// </summary>
    /// <param name="now">A time by the services that is later than all that is recorded.</param>
    public void Distrust(DateTimeOffset now)
    {
        ClosedSince = null;
        QueuedAt = QueuedAt is null ? null : now;
        AnnouncedAt = AnnouncedAt is null ? null : now;
        Update(subjects: null, step =>
            step with
            {
                Until = step.Verdict == IotHubDsr.Verdict.ErasurePending ? null : step.Until,
                ErasedAt = step.ErasedAt is null ? null : now,
                EmptyAt = step.EmptyAt is null ? null : now,
            }
        );
    }

    public StepState Of(string subject) => _own.GetValueOrDefault(subject, _common);

    public void Update(IReadOnlyList<string>? subjects, Func<StepState, StepState> change)
    {
        if (subjects is null)
        {
            _common = change(_common);
            foreach (string subject in _own.Keys.ToList())
                _own[subject] = change(_own[subject]);
            return;
        }

        foreach (string subject in subjects)
            _own[subject] = change(Of(subject));
    }

    /// <summary>The states of all subjects, each with the number of subjects in it.</summary>
    /// <param name="subjects">Number of subjects of the request.</param>
    public IEnumerable<(StepState Step, int Subjects)> All(int subjects)
    {
        foreach (StepState own in _own.Values)
            yield return (own, 1);
        if (subjects > _own.Count)
            yield return (_common, subjects - _own.Count);
    }

    public void Announce(IReadOnlyList<AnnouncedRow> rows, DateTimeOffset at, IReadOnlyDictionary<string, int> subjects)
    {
        IsTouched = true;
        AnnouncedAt = at;
        Announced.Add(rows, at, subjects);
        foreach (AnnouncedRow row in rows)
        {
            if (row is { ETag: { } etag, Kept: { } kept })
                _replaced[etag] = kept;
        }
    }

    /// <summary>An order is not waited for any longer: what waited for it can be looked at again.</summary>
    public void Close(TicketClosed closed)
    {
        if (Tickets.Close(closed) is not { } ticket)
            return;
        Update(ticket.Subjects, static step => step.Verdict == IotHubDsr.Verdict.ErasurePending ? step with { Until = null } : step);
    }

    public void ForgetAnnouncements(IEnumerable<int>? subjects)
    {
        IsTouched = true;
        Announced.Forget(subjects);
    }
}
