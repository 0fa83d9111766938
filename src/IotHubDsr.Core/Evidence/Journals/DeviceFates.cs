namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What a journal says of the devices themselves: which are gone, since when, and which IDs another device has had.</summary>
internal sealed class DeviceFates
{
    private readonly Dictionary<string, DateTimeOffset> _deletedAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _absentAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _hadAnother = new(StringComparer.Ordinal);

    private DateTimeOffset? _lastDeletedAt;

    public DateTimeOffset? DeletedAt(string subject) => _deletedAt.TryGetValue(subject, out DateTimeOffset at) ? at : null;

    /// <summary>When the last device was deleted; null when none was.</summary>
    public DateTimeOffset? LastDeletedAt => _deletedAt.Count == 0 ? null : _lastDeletedAt ??= _deletedAt.Values.Max();

    public DateTimeOffset? GoneAt(string subject) =>
        _deletedAt.TryGetValue(subject, out DateTimeOffset deleted) ? deleted
        : _absentAt.TryGetValue(subject, out DateTimeOffset absent) ? absent
        : null;

    public bool HadAnother(string subject) => _hadAnother.Contains(subject);

    public void Delete(IEnumerable<string> subjects, DateTimeOffset at)
    {
        _lastDeletedAt = null;
        foreach (string subject in subjects)
            _deletedAt.TryAdd(subject, at);
    }

    public void NoteAnother(IEnumerable<string> subjects) => _hadAnother.UnionWith(subjects);

    /// <summary>What the registry showed.</summary>
    /// <param name="group">The verdict.</param>
    /// <param name="subjects">Whom it concerns.</param>
    /// <param name="at">When.</param>
    public void See(VerifiedGroup group, IReadOnlyList<string> subjects, DateTimeOffset at)
    {
        foreach (string subject in subjects)
        {
            if (group.Verdict is Verdict.Absent or Verdict.Erased)
                _absentAt.TryAdd(subject, at);
            else if (group.Verdict is not (Verdict.Unreachable or Verdict.Unknown))
                _absentAt.Remove(subject);
        }

        // In the registry nothing else requires an action and a further plan.
        if (group is { Verdict: Verdict.OwnerAction, NeedsPlan: true })
            NoteAnother(subjects);
    }

    /// <summary>Times by a machine's clock, which may have been slow: what they tell of is done by now at the latest.</summary>
    public void Distrust(DateTimeOffset now)
    {
        _lastDeletedAt = null;
        foreach (Dictionary<string, DateTimeOffset> times in (Dictionary<string, DateTimeOffset>[])[_deletedAt, _absentAt])
        {
            foreach (string subject in times.Keys.ToList())
                times[subject] = now;
        }
    }
}
