namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What a journal says of a work that other processes do parts of.</summary>
internal sealed class UnitsState
{
    private readonly SortedDictionary<int, TakenUnit> _taken = [];
    private readonly List<UnitsPlanned> _planned = [];

    /// <summary>How many units were planned.</summary>
    public int Planned { get; private set; }

    /// <summary>When the first were.</summary>
    public DateTimeOffset PlannedAt { get; private set; }

    /// <summary>How many bytes of the place all of them read.</summary>
    public long Bytes => _planned.Sum(static some => some.Bytes);

    /// <summary>Those that were taken in, in the order of their numbers.</summary>
    public IReadOnlyCollection<TakenUnit> Taken => _taken.Values;

    /// <summary>Whether units were planned that nobody has taken in.</summary>
    public bool IsOpen => _taken.Count < Planned;

    public bool IsTaken(int unit) => _taken.ContainsKey(unit);

    /// <summary>How many bytes some units read, about: it is on record of units that were planned together.</summary>
    public double BytesOf(IReadOnlySet<int> units) =>
        _planned.Sum(some => (double)some.Bytes * Enumerable.Range(some.First, some.Count).Count(units.Contains) / some.Count);

    public void Plan(UnitsPlanned planned, DateTimeOffset at)
    {
        if (_planned.Count == 0)
            PlannedAt = at;
        _planned.Add(planned);
        Planned += planned.Count;
    }

    public void Take(UnitsTaken taken)
    {
        foreach (TakenUnit unit in taken.Units)
            _taken[unit.Number] = unit;
    }
}
