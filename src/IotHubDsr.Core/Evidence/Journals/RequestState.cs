using System.Collections.Frozen;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>
/// What a journal says of its request: the fold of its lines. Nothing else is known of the state, and nothing is set by hand.
/// </summary>
internal sealed class RequestState
{
    private readonly List<string> _plans = [];
    private readonly Dictionary<string, LocationState> _locations = new(StringComparer.Ordinal);
    private readonly List<Held> _holds = [];
    private readonly List<(Certified Certificate, DateTimeOffset At)> _certificates = [];
    private readonly Dictionary<string, RecipientState> _recipients = new(StringComparer.Ordinal);
    private readonly DeviceFates _devices = new();
    private readonly List<JournalLine> _milestones = [];
    private readonly Dictionary<string, UnitsState> _works = new(StringComparer.Ordinal);
    private RunStarted? _run;
    private bool _isDistrusted;

    public JournalHead Head { get; private set; } = JournalHead.Start;

    /// <summary>The time of the last line.</summary>
    public DateTimeOffset LatestAt { get; private set; }

    public string RequestId => Registration?.RequestId ?? "?";

    public Registered? Registration { get; private set; }

    /// <summary>The subjects of the registration, each with its index.</summary>
    public IReadOnlyDictionary<string, int> Subjects { get; private set; } = FrozenDictionary<string, int>.Empty;

    public DateTimeOffset RegisteredAt { get; private set; }

    public Planned? Plan { get; private set; }

    /// <summary>When the plan was bound to the request.</summary>
    public DateTimeOffset? PlannedAt { get; private set; }

    /// <summary>When a hold was last released; the approver may not have seen what was held.</summary>
    public DateTimeOffset? ReleasedAt { get; private set; }

    /// <summary>Whether every run that erases requires an approved plan.</summary>
    public bool RequiresApproval => Registration?.RequiresApproval == true;

    public Extended? Extension { get; private set; }

    /// <summary>How it was answered.</summary>
    public Answered? Answer { get; private set; }

    /// <summary>
    /// When the answer was noted; null when it was not, or not since the plan was bound: what was answered then was something else.
    /// </summary>
    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>Whether data was handed over for it.</summary>
    public bool IsExported { get; private set; }

    public bool IsAnonymised => Anonymisation is not null;

    /// <summary>How the key was destroyed; null when it was not.</summary>
    public Anonymised? Anonymisation { get; private set; }

    /// <summary>Whether a run began of which no end is recorded.</summary>
    public bool IsRunOpen { get; private set; }

    /// <summary>When the last run was begun.</summary>
    public DateTimeOffset? RunAt { get; private set; }

    /// <summary>How many runs were begun.</summary>
    public int Runs { get; private set; }

    /// <summary>Whether the erasure itself was never run to its end.</summary>
    public bool IsErasureOpen { get; private set; }

    public IReadOnlyDictionary<string, LocationState> Locations => _locations;

    public IReadOnlyList<Held> Holds => _holds;

    public IReadOnlyList<(Certified Certificate, DateTimeOffset At)> Certificates => _certificates;

    /// <summary>Lines that tell the story of the request, without what was done item by item.</summary>
    public IReadOnlyList<JournalLine> Milestones => _milestones;

    /// <summary>What other processes were asked to do, by name of the work.</summary>
    public IReadOnlyDictionary<string, UnitsState> Works => _works;

    /// <summary>The works of which workers may still have units.</summary>
    public IEnumerable<string> OpenWorks => _works.Where(static work => work.Value.IsOpen).Select(static work => work.Key);

    /// <summary>What is known of the owner or recipient of a location.</summary>
    public RecipientState RecipientOf(string locationId) => _recipients.GetValueOrDefault(locationId, RecipientState.Unknown);

    /// <summary>
    /// Whether the action of a location's owner was noted as done, and not before a device was gone that could send until then, whoever
    /// deleted it. Dates are noted without a time, and in the time of some place: a day counts as none.
    /// </summary>
    public bool HasOwnerActed(string locationId) =>
        RecipientOf(locationId) is { Note: not null } acted && !(_devices.LastGoneAt > acted.ActedAt?.AddDays(1));

    /// <summary>When a subject's device was deleted by this request; null when it was not.</summary>
    public DateTimeOffset? DeletedAt(string subject) => _devices.DeletedAt(subject);

    /// <summary>
    /// When a subject's device was gone for certain: when this request had deleted it, or else when the registry was first seen without it.
    /// Null while it exists, or if it could not be read.
    /// </summary>
    public DateTimeOffset? GoneAt(string subject) => _devices.GoneAt(subject);

    public LocationState Of(string locationId)
    {
        if (!_locations.TryGetValue(locationId, out LocationState? state))
            _locations[locationId] = state = new LocationState();
        return state;
    }

    /// <param name="place">The journal, for a person to find it.</param>
    /// <param name="journal">Its lines.</param>
    /// <param name="requestId">The request that it must be of; null for any.</param>
    /// <exception cref="DsrException">It is not the journal of a request, or not of this one.</exception>
    public static RequestState Read(string place, byte[] journal, string? requestId = null)
    {
        var state = new RequestState();
        foreach ((JournalLine line, JournalHead head) in JournalLine.Read(place, journal))
        {
            if (line.Event is UnitBegun or UnitReturned or UnitClosed)
                throw FaultCatalogue.JournalBroken.Exception(place, line.Number, "it belongs into the segment of a unit");

            // What the other lines mean depends on it.
            if (line.Event is Registered != (line.Number == 1))
                throw FaultCatalogue.JournalBroken.Exception(place, line.Number, "it must begin with the registration, and have only one");

            if (
                line.Event is Announced announced
                && !announced.Items.All(row => row.Shares is null || AnnouncedShares.AreWithin(row.Shares, state.Subjects.Count))
            )
            {
                throw FaultCatalogue.JournalBroken.Exception(place, line.Number, "an announced item is of a subject that does not exist");
            }

            state.Apply(line, head);
        }

        return state.Registration is null
                ? throw FaultCatalogue.JournalBroken.Exception(place, 1, "it does not begin with the registration")
            : requestId is null || state.RequestId == requestId ? state
            : throw FaultCatalogue.JournalBroken.Exception(place, 1, $"it belongs to the request '{state.RequestId}'");
    }

    public void Apply(JournalLine line, JournalHead head)
    {
        Head = head;
        LatestAt = line.At;
        if (line.Event is not (Announced or Erased or Verified or UnitsPlanned or UnitsTaken))
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
                Subjects = IndicesOf(registered.Subjects);
                break;
            case Planned planned:
                Apply(planned, at);
                break;
            case Added added:
                Of(added.Location.Id).Planned ??= added.Location;
                break;
            case RunStarted started:
                Start(started, at);
                break;
            case RunEnded ended:
                IsRunOpen = false;

                // Reading again completes no erasure.
                IsErasureOpen &= ended.Outcome != RunOutcomes.Completed || _run?.Kind == RunKinds.Verify;
                break;
            case Announced announced:
                Of(announced.Location).Announce(announced.Items, at, Subjects);
                break;
            case TicketTaken taken:
                Of(taken.Location).Tickets.Take(taken);
                break;
            case TicketClosed closed:
                Of(closed.Location).Close(closed);
                break;
            case Erased erased:
                Apply(erased, at);
                break;
            case Verified verified:
                Apply(verified, at);
                break;
            case Certified certified:
                _certificates.Add((certified, at));
                break;
            default:
                ApplyDecision(next, at);
                break;
        }
    }

    /// <summary>Digests of the plans that were accepted, in their order.</summary>
    public IReadOnlyList<string> Plans => _plans;

    /// <summary>Whether a run has met another device under an ID of the request.</summary>
    public bool HadAnotherDevice(string subject) => _devices.HadAnother(subject);

    private static Dictionary<string, int> IndicesOf(IReadOnlyList<string> subjects)
    {
        var indices = new Dictionary<string, int>(subjects.Count, StringComparer.Ordinal);
        foreach (string subject in subjects)
            indices.TryAdd(subject, indices.Count);
        return indices;
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
            case RecipientAsked asked:
                _recipients[asked.Location] = RecipientOf(asked.Location) with { Digest = asked.Digest, AskedAt = at };
                break;
            case OwnerActed acted:
                _recipients[acted.Location] = RecipientOf(acted.Location) with { Note = acted.Note, ActedAt = acted.ActedAt ?? at };
                break;
            case Exported:
                IsExported = true;
                break;
            case Answered answered:
                Answer = answered;
                AnsweredAt = at;
                break;
            case Anonymised anonymised:
                Anonymisation = anonymised;
                break;
            case UnitsPlanned planned:
                WorkOf(planned.Work).Plan(planned, at);
                break;
            case UnitsTaken taken:
                WorkOf(taken.Work).Take(taken);
                break;
        }
    }

    private UnitsState WorkOf(string work)
    {
        if (!_works.TryGetValue(work, out UnitsState? state))
            _works[work] = state = new UnitsState();
        return state;
    }

    private void Start(RunStarted started, DateTimeOffset at)
    {
        _run = started;
        RunAt = at;
        IsRunOpen = true;
        Runs++;
        IsErasureOpen |= started.Kind != RunKinds.Verify;
        if (started.Clock == RunClocks.Service && _isDistrusted)
            Distrust(at);
        _isDistrusted = started.Clock != RunClocks.Service;
    }

    /// <summary>Runs before were timed by a machine, whose clock may have been slow: what they did is done by now at the latest.</summary>
    private void Distrust(DateTimeOffset now)
    {
        _devices.Distrust(now);
        foreach (LocationState location in _locations.Values)
            location.Distrust(now);
    }

    private void Apply(Verified verified, DateTimeOffset at)
    {
        LocationState location = Of(verified.Location);
        location.ReadAt = verified.IsRead ? at : location.ReadAt;
        location.See(verified.Inflow, at);
        foreach (VerifiedGroup group in verified.Groups)
        {
            bool isKnown = verified.IsRead && group.Verdict is not (Verdict.Unreachable or Verdict.Unknown);
            location.Update(group.Subjects, step => Seen(step, group, isKnown ? EmptySince(step, group, at) : step.EmptyAt));
            if (verified.IsRead && SinkCatalogue.Has(location.Planned?.Kind, PlaceTraits.HoldsIdentity))
                _devices.See(group, group.Subjects ?? Registration!.Subjects, at);
        }
    }

    private static StepState Seen(StepState step, VerifiedGroup group, DateTimeOffset? emptyAt) =>
        step with
        {
            EmptyAt = emptyAt,
            Verdict = group.Verdict,
            Until = group.Until,
            Remaining = SubjectOutcome.Counted(group.Remaining, group.Verdict),
            IsOver = group.IsOver == true,
            NeedsPlan = group.NeedsPlan == true,
        };

    private static DateTimeOffset? EmptySince(StepState step, VerifiedGroup group, DateTimeOffset at) =>
        group.Remaining == 0 ? step.EmptyAt ?? at : null;

    /// <summary>What was announced is accounted for, but for what a service is still to carry out.</summary>
    private void Forget(LocationState location, IReadOnlyList<string>? subjects)
    {
        if (location.Tickets.Open.Count > 0)
            subjects = [.. (subjects ?? Registration!.Subjects).Where(subject => location.Tickets.OpenOf(subject) is null)];
        location.ForgetAnnouncements(subjects?.Where(Subjects.ContainsKey).Select(subject => Subjects[subject]));
    }

    private void Apply(Planned planned, DateTimeOffset at)
    {
        bool isFurther = Plan is { } before && before.Digest != planned.Digest;
        AnsweredAt = Plan?.Digest == planned.Digest ? AnsweredAt : null;
        if (ScopeStatement.IsPart(Plan?.Scope) && Plan!.Scope != planned.Scope)
            ForgetAnswers();
        Plan = planned;
        PlannedAt = at;
        if (!_plans.Contains(planned.Digest))
            _plans.Add(planned.Digest);
        foreach (PlannedLocation location in planned.Locations)
        {
            // Of several devices the sum does not tell which are there.
            if (location.Records > 0 && Subjects.Count == 1 && SinkCatalogue.Has(location.Kind, PlaceTraits.HoldsIdentity))
                _devices.NoteThere(Subjects.Keys);
            Of(location.Id).Planned = location;
            Of(location.Id)
                .Update(subjects: null, step => isFurther
                        ? new StepState
                        {
                            Erased = step.Erased,
                            Changes = step.Changes,
                            ErasedAt = step.ErasedAt,
                            EmptyAt = step.EmptyAt,
                            ErasedBefore = step.Erased,
                        }
                        : step with
                        {
                            IsDeclined = false,
                        });
        }

        foreach (DeclinedSteps declined in planned.Declined)
            Of(declined.Location).Update(declined.Subjects, step => step with { IsDeclined = true });
    }

    /// <summary>What owners did was about a part of the data, and the further plan is about another: their answer is not one to it.</summary>
    private void ForgetAnswers()
    {
        foreach ((string location, RecipientState recipient) in _recipients.ToList())
            _recipients[location] = recipient with { Note = null, ActedAt = null };
    }

    private void Apply(Erased erased, DateTimeOffset at)
    {
        LocationState location = Of(erased.Location);
        location.ErasedAt = at;
        foreach (ErasedGroup group in erased.Groups)
        {
            // A failure of which nothing was counted leaves open whether what was announced was done.
            IReadOnlyList<string> subjects = group.Subjects ?? Registration!.Subjects;
            bool isOpen =
                group.Fault is not null
                && subjects.All(subject =>
                    location.Of(subject) is var step && (step.Erased, step.Changes) == (group.Records, group.Changes)
                );
            if (group.Fault == FaultCatalogue.DeviceRecreated.Id)
                _devices.NoteAnother(subjects);
            location.Update(group.Subjects, step =>
                step with
                {
                    Erased = group.Records,
                    Changes = group.Changes,
                    ErasedAt = group.Records > step.Erased || group.Changes > step.Changes ? at : step.ErasedAt,
                    IsSettled = group.IsSettled,
                }
            );
            if (!isOpen)
                Forget(location, group.Subjects);
            if (erased.DeletesDevice && group.Records > 0)
                _devices.Delete(subjects, at);
        }
    }
}
