namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What a journal says of a work that other processes do parts of.</summary>
internal sealed class UnitsState
{
    private readonly SortedDictionary<int, TakenUnit> _taken = [];

    /// <summary>How many units were planned.</summary>
    public int Planned { get; private set; }

    /// <summary>Those that were taken in, in the order of their numbers.</summary>
    public IReadOnlyCollection<TakenUnit> Taken => _taken.Values;

    /// <summary>Whether units were planned that nobody has taken in.</summary>
    public bool IsOpen => _taken.Count < Planned;

    public bool IsTaken(int unit) => _taken.ContainsKey(unit);

    public void Plan(UnitsPlanned planned) => Planned += planned.Count;

    public void Take(UnitsTaken taken)
    {
        foreach (TakenUnit unit in taken.Units)
            _taken[unit.Number] = unit;
    }
}
