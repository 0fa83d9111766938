namespace IotHubDsr.Sandbox.Hosting;

/// <summary>A rule of what goes wrong: of what it applies to, some pass first, some suffer, and the rest pass again.</summary>
internal interface ICountedFault<TRule>
{
    /// <summary>How many pass.</summary>
    int Skip { get; }

    /// <summary>How many suffer after them.</summary>
    int Times { get; }

    /// <summary>The same rule with other numbers.</summary>
    TRule With(int skip, int times);
}

/// <summary>The faults asked for by tests, in the order in which they were added; the first that applies is taken.</summary>
internal sealed class CountedFaults<TRule>
    where TRule : class, ICountedFault<TRule>
{
    private readonly Lock _lock = new();
    private readonly List<TRule> _rules = [];
    private volatile bool _any;

    /// <summary>Whether there is any rule at all: asked for each delivery, so it takes no lock.</summary>
    public bool Any => _any;

    public IReadOnlyList<TRule> Pending
    {
        get
        {
            lock (_lock)
                return [.. _rules];
        }
    }

    public void Add(TRule rule)
    {
        lock (_lock)
        {
            _rules.Add(rule);
            _any = true;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _rules.Clear();
            _any = false;
        }
    }

    public TRule? Take(Predicate<TRule> applies)
    {
        lock (_lock)
        {
            for (int index = 0; index < _rules.Count; index++)
            {
                TRule rule = _rules[index];
                if (!applies(rule))
                    continue;

                if (rule.Skip > 0)
                {
                    _rules[index] = rule.With(rule.Skip - 1, rule.Times);
                    continue;
                }

                if (rule.Times <= 1)
                    _rules.RemoveAt(index);
                else
                    _rules[index] = rule.With(skip: 0, rule.Times - 1);

                _any = _rules.Count > 0;
                return rule;
            }

            return null;
        }
    }
}
