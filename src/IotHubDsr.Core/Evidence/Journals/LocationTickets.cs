namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>The orders to erase from one location that a service has accepted.</summary>
internal sealed class LocationTickets
{
    private readonly Dictionary<string, TicketTaken> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _concerned = new(StringComparer.Ordinal);
    private readonly List<TicketTaken> _done = [];
    private bool _isForAll;

    /// <summary>Those that are not carried out yet, as far as is known.</summary>
    public IReadOnlyCollection<TicketTaken> Open => _open.Values;

    /// <summary>Those that the service says it has carried out.</summary>
    public IReadOnlyList<TicketTaken> Done => _done;

    /// <summary>The open one of a subject that is promised last; null without one.</summary>
    public TicketTaken? OpenOf(string subject) =>
        _open.Count > 0 && (_isForAll || _concerned.Contains(subject))
            ? _open
                .Values.Where(ticket => ticket.Subjects is null || ticket.Subjects.Contains(subject))
                .MaxBy(ticket => ticket.DueBy ?? DateTimeOffset.MaxValue)
            : null;

    /// <summary>Whether the service says that it has carried out one of a subject.</summary>
    public bool IsDoneFor(string subject) => _done.Exists(ticket => ticket.Subjects is null || ticket.Subjects.Contains(subject));

    public void Take(TicketTaken ticket)
    {
        _open[ticket.Operation] = ticket;
        Gather();
    }

    /// <summary>The ticket that is closed; null where there is no such one.</summary>
    public TicketTaken? Close(TicketClosed closed)
    {
        if (!_open.Remove(closed.Operation, out TicketTaken? ticket))
            return null;
        if (closed.IsDone)
            _done.Add(ticket);
        Gather();
        return ticket;
    }

    private void Gather()
    {
        _isForAll = _open.Values.Any(ticket => ticket.Subjects is null);
        _concerned.Clear();
        _concerned.UnionWith(_open.Values.SelectMany(ticket => ticket.Subjects ?? []));
    }
}
