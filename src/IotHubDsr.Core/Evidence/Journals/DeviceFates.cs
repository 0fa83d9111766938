namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What a journal says of the devices themselves: which are gone, since when, and which IDs another device has had.</summary>
internal sealed class DeviceFates
{
    private readonly Dictionary<string, DateTimeOffset> _deletedAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _absentAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _hadAnother = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wasThere = new(StringComparer.Ordinal);

    private DateTimeOffset? _lastGoneAt;

    public DateTimeOffset? DeletedAt(string subject) => _deletedAt.TryGetValue(subject, out DateTimeOffset at) ? at : null;

    /// <summary>
    /// When the last device was gone that had been there: when this request had deleted it, or, where somebody else did, when the registry
    /// was first seen without it. Null when none is known to have gone.
    /// </summary>
    public DateTimeOffset? LastGoneAt =>
        _lastGoneAt ??= _deletedAt
            .Values.Concat(_wasThere.Where(subject => !_deletedAt.ContainsKey(subject)).Select(AbsentAt).OfType<DateTimeOffset>())
            .Cast<DateTimeOffset?>()
            .Max();

    public DateTimeOffset? GoneAt(string subject) =>
        _deletedAt.TryGetValue(subject, out DateTimeOffset deleted) ? deleted : AbsentAt(subject);

    private DateTimeOffset? AbsentAt(string subject) => _absentAt.TryGetValue(subject, out DateTimeOffset at) ? at : null;

    public bool HadAnother(string subject) => _hadAnother.Contains(subject);

    public void Delete(IEnumerable<string> subjects, DateTimeOffset at)
    {
        _lastGoneAt = null;
        foreach (string subject in subjects)
            _deletedAt.TryAdd(subject, at);
    }

    /// <summary>Devices that the registry has.</summary>
    public void NoteThere(IEnumerable<string> subjects) => _wasThere.UnionWith(subjects);

    public void NoteAnother(IEnumerable<string> subjects) => _hadAnother.UnionWith(subjects);

    /// <summary>What the registry showed.</summary>
    /// <param name="group">The verdict.</param>
    /// <param name="subjects">Whom it concerns.</param>
    /// <param name="at">When.</param>
    public void See(VerifiedGroup group, IReadOnlyList<string> subjects, DateTimeOffset at)
    {
        _lastGoneAt = null;
        foreach (string subject in subjects)
        {
            if (group.Verdict is Verdict.Absent or Verdict.Erased)
                _absentAt.TryAdd(subject, at);
            else if (group.Verdict is not (Verdict.Unreachable or Verdict.Unknown))
                _absentAt.Remove(subject);
        }

        // Where the owner has to act, it can be another device that has the ID.
        if (group.Verdict is Verdict.Present or Verdict.Held)
            NoteThere(subjects);

        // In the registry nothing else requires an action and a further plan.
        if (group is { Verdict: Verdict.OwnerAction, NeedsPlan: true })
            NoteAnother(subjects);
    }

    /// <summary>Times by a machine's clock, which may have been slow: what they tell of is done by now at the latest.</summary>
    public void Distrust(DateTimeOffset now)
    {
        _lastGoneAt = null;
        foreach (Dictionary<string, DateTimeOffset> times in (Dictionary<string, DateTimeOffset>[])[_deletedAt, _absentAt])
        {
            foreach (string subject in times.Keys.ToList())
                times[subject] = now;
        }
    }
}
