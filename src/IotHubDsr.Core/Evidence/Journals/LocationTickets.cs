namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>The orders to erase from one location that a service has accepted.</summary>
internal sealed class LocationTickets
{
    private readonly Dictionary<string, TicketTaken> _open = new(StringComparer.Ordinal);
    private readonly List<TicketTaken> _done = [];

    // Whom each concerns: asked for by each subject of a request, of which there can be thousands.
    private readonly Dictionary<TicketTaken, HashSet<string>> _subjects = new(ReferenceEqualityComparer.Instance);
    private Dictionary<string, LeftGroup>? _left;

    /// <summary>Those that are not carried out yet, as far as is known.</summary>
    public IReadOnlyCollection<TicketTaken> Open => _open.Values;

    /// <summary>Those that the service says it has carried out.</summary>
    public IReadOnlyList<TicketTaken> Done => _done;

    /// <summary>The open one of a subject that is promised last; null without one.</summary>
    public TicketTaken? OpenOf(string subject) =>
        _open
            .Values.Where(ticket => IsOf(ticket, subject))
            .MaxBy(static ticket => (ticket.DueBy ?? DateTimeOffset.MaxValue, ticket.IsUnconfirmed != true));

    /// <summary>
    /// Whether one that is open is for all that there was of a subject, so that nothing more is ordered meanwhile. Of one that the service
    /// need not have accepted nothing is covered.
    /// </summary>
    public bool CoverAllOf(string subject) =>
        _open.Values.Any(ticket => ticket is { Covers: null, IsUnconfirmed: not true } && IsOf(ticket, subject));

    /// <summary>Whether a time is that by which an open one of a subject is promised.</summary>
    public bool IsPromisedBy(string subject, DateTimeOffset? time) =>
        _open.Values.Any(ticket => ticket.DueBy == time && IsOf(ticket, subject));

    /// <summary>Whether a time is that by which one of a subject was promised, open or carried out.</summary>
    public bool WasPromisedBy(string subject, DateTimeOffset? time) =>
        IsPromisedBy(subject, time) || _done.Exists(ticket => ticket.DueBy == time && IsOf(ticket, subject));

    /// <summary>
    /// What orders have left of a subject that is not found any more; null for nothing. Several orders tell of the same records.
    /// </summary>
    public LeftGroup? LeftOf(string subject) => (_left ??= GatherLeft()).GetValueOrDefault(subject);

    /// <summary>Whether the service says that it has carried out one of a subject.</summary>
    public bool IsDoneFor(string subject) => _done.Exists(ticket => IsOf(ticket, subject));

    public void Take(TicketTaken ticket)
    {
        _open[ticket.Operation] = ticket;
        if (ticket.Confirms is { } unconfirmed)
            _open.Remove(unconfirmed);
        if (ticket.Subjects is { } subjects)
            _subjects[ticket] = new HashSet<string>(subjects, StringComparer.Ordinal);
        _left = null;
    }

    /// <summary>The ticket that is closed; null where there is no such one.</summary>
    public TicketTaken? Close(TicketClosed closed)
    {
        if (!_open.Remove(closed.Operation, out TicketTaken? ticket))
            return null;
        if (closed.IsDone)
            _done.Add(ticket);
        _left = null;
        return ticket;
    }

    private Dictionary<string, LeftGroup> GatherLeft()
    {
        Dictionary<string, LeftGroup> left = new(StringComparer.Ordinal);
        foreach (LeftGroup group in _done.Concat(_open.Values).SelectMany(static ticket => ticket.Left ?? []))
        {
            foreach (string subject in group.Subjects)
                left[subject] = left.TryGetValue(subject, out LeftGroup? before) ? Both(before, group) : group;
        }

        return left;
    }

    private static LeftGroup Both(LeftGroup one, LeftGroup other) =>
        new(
            Math.Max(one.Records, other.Records),
            one.Until is { } first && other.Until is { } second ? (first > second ? first : second) : null,
            one.Subjects
        );

    private bool IsOf(TicketTaken ticket, string subject) => ticket.Subjects is null || _subjects[ticket].Contains(subject);
}
