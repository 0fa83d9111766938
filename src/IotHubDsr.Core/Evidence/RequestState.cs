namespace IotHubDsr.Evidence;

/// <summary>What a journal says of its request: the fold of its lines. Nothing else is known of the state, and nothing is set by hand.</summary>
internal sealed class RequestState
{
    private readonly Dictionary<string, LocationState> _locations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _deletedAt = new(StringComparer.Ordinal);
    private readonly List<Held> _holds = [];
    private readonly List<(Certified Certificate, DateTimeOffset At)> _certificates = [];
    private readonly HashSet<string> _ownerActed = new(StringComparer.Ordinal);
    private readonly List<JournalLine> _milestones = [];
    private RunStarted? _run;

    public JournalHead Head { get; private set; } = JournalHead.Start;

    public string RequestId => Registration?.RequestId ?? "?";

    public Registered? Registration { get; private set; }

    public DateTimeOffset RegisteredAt { get; private set; }

    public Planned? Plan { get; private set; }

    /// <summary>When the plan was bound to the request.</summary>
    public DateTimeOffset? PlannedAt { get; private set; }

    /// <summary>When a hold was released last; what was held may not have been before the eyes of whoever approved.</summary>
    public DateTimeOffset? ReleasedAt { get; private set; }

    /// <summary>Whether every run that erases takes an approved plan.</summary>
    public bool RequiresApproval => Registration?.RequiresApproval == true;

    public Extended? Extension { get; private set; }

    /// <summary>How it was answered without an erasure.</summary>
    public Answered? Answer { get; private set; }

    /// <summary>Whether data was handed over for it.</summary>
    public bool IsExported { get; private set; }

    public bool IsAnonymised { get; private set; }

    /// <summary>Whether a run began of which no end is recorded.</summary>
    public bool IsRunOpen { get; private set; }

    /// <summary>Whether the erasure itself was never run to its end.</summary>
    public bool IsErasureOpen { get; private set; }

    public IReadOnlyDictionary<string, LocationState> Locations => _locations;

    public IReadOnlyList<Held> Holds => _holds;

    public IReadOnlyList<(Certified Certificate, DateTimeOffset At)> Certificates => _certificates;

    /// <summary>Lines that tell the story of the request, without what was done item by item.</summary>
    public IReadOnlyList<JournalLine> Milestones => _milestones;

    /// <summary>Locations whose owner's action was noted as done.</summary>
    public IReadOnlySet<string> OwnerActed => _ownerActed;

    /// <summary>When a subject's device was deleted by this request; null when it was not.</summary>
    public DateTimeOffset? DeletedAt(string subject) => _deletedAt.TryGetValue(subject, out DateTimeOffset at) ? at : null;

    public LocationState Of(string locationId)
    {
        if (!_locations.TryGetValue(locationId, out LocationState? state))
            _locations[locationId] = state = new LocationState();
        return state;
    }

    public static RequestState Read(string place, byte[] journal)
    {
        var state = new RequestState();
        foreach ((JournalLine line, JournalHead head) in JournalLine.Read(place, journal))
            state.Apply(line, head);
        return state.Registration is null ? throw FaultCatalogue.JournalBroken.Exception(place, 1, "it does not begin with the registration") : state;
    }

    public void Apply(JournalLine line, JournalHead head)
    {
        Head = head;
        if (line.Event is not (Announced or Erased or Verified))
            _milestones.Add(line);
        Apply(line.Event, line.At);
    }

    private void Apply(JournalEvent next, DateTimeOffset at)
    {
        switch (next)
        {
            case Registered registered:
                Registration = registered;
                RegisteredAt = at;
                break;
            case Planned planned:
                Apply(planned, at);
                break;
            case Added added:
                Of(added.Location.Id).Planned ??= added.Location;
                break;
            case RunStarted started:
                IsRunOpen = true;
                _run = started;
                IsErasureOpen |= started.Kind != RunKinds.Verify;
                break;
            case RunEnded ended:
                IsRunOpen = false;

                // Reading again completes no erasure.
                IsErasureOpen &= ended.Outcome != RunOutcomes.Completed || _run?.Kind == RunKinds.Verify;
                break;
            case Announced announced:
                Of(announced.Location).Announce(announced.Items, at);
                break;
            case Erased erased:
                Apply(erased, at);
                break;
            case Verified verified:
                Of(verified.Location).ReadAt = verified.IsRead ? at : Of(verified.Location).ReadAt;
                foreach (VerifiedGroup group in verified.Groups)
                    Of(verified.Location).Update(group.Subjects, step => step with { Verdict = group.Verdict, Until = group.Until, Remaining = group.Remaining, NeedsPlan = group.NeedsPlan == true });
                break;
            case Certified certified:
                _certificates.Add((certified, at));
                break;
            default:
                ApplyDecision(next, at);
                break;
        }
    }

    private void ApplyDecision(JournalEvent next, DateTimeOffset at)
    {
        switch (next)
        {
            case Extended extended:
                Extension = extended;
                break;
            case Held held:
                _holds.RemoveAll(other => (other.Location, other.Subject, other.Item) == (held.Location, held.Subject, held.Item));
                _holds.Add(held);
                break;
            case Released released:
                ReleasedAt = at;
                _holds.RemoveAll(held => (held.Location, held.Subject, held.Item) == (released.Location, released.Subject, released.Item));
                break;
            case OwnerActed acted:
                _ownerActed.Add(acted.Location);
                break;
            case Exported:
                IsExported = true;
                break;
            case Answered answered:
                Answer = answered;
                break;
            case Anonymised:
                IsAnonymised = true;
                break;
        }
    }

    private void Apply(Planned planned, DateTimeOffset at)
    {
        bool isFurther = Plan is { } before && before.Digest != planned.Digest;
        Plan = planned;
        PlannedAt = at;
        foreach (PlannedLocation location in planned.Locations)
        {
            Of(location.Id).Planned = location;
            Of(location.Id).Update(subjects: null, step => isFurther
                ? new StepState { Erased = step.Erased, Changes = step.Changes, ErasedBefore = step.Erased }
                : step with { IsDeclined = false });
        }

        foreach (DeclinedSteps declined in planned.Declined)
            Of(declined.Location).Update(declined.Subjects, step => step with { IsDeclined = true });
    }

    private void Apply(Erased erased, DateTimeOffset at)
    {
        LocationState location = Of(erased.Location);
        location.ErasedAt = at;
        foreach (ErasedGroup group in erased.Groups)
        {
            // A failure of which nothing was counted leaves open whether what was announced was done.
            IReadOnlyList<string> subjects = group.Subjects ?? Registration!.Subjects;
            bool isOpen = group.Fault is not null && subjects.All(subject => location.Of(subject) is var step && (step.Erased, step.Changes) == (group.Records, group.Changes));
            location.Update(group.Subjects, step => step with { Erased = group.Records, Changes = group.Changes, IsSettled = group.IsSettled });
            if (!isOpen)
                location.ForgetAnnouncements(group.Subjects);
            if (erased.DeletesDevice && group.Records > 0)
            {
                foreach (string subject in group.Subjects ?? Registration!.Subjects)
                    _deletedAt.TryAdd(subject, group.At ?? at);
            }
        }
    }
}

internal static class RunKinds
{
    public const string Erase = "erase";
    public const string Resume = "resume";
    public const string Verify = "verify";
}

internal static class RunOutcomes
{
    public const string Completed = "completed";
    public const string Stopped = "stopped";
    public const string Failed = "failed";
}
