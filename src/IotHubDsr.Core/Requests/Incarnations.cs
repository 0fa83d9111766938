namespace IotHubDsr.Requests;

/// <summary>
/// Whether the IDs of a request still stand for its devices. Between a plan and its run, or two runs, an ID can have been given to another
/// person, whose records then stand under it in the same archives: none of them may pass for what was left of the first one.
/// </summary>
internal sealed class Incarnations(IReadOnlyList<RequestStep> steps, LocationReading reading)
{
    private readonly Dictionary<string, RequestStep> _registered = steps
        .Where(step => step.Location.Kind == LocationKinds.DeviceRegistry && IsKnown(step.Planned.Finding))
        .ToDictionary(step => step.DeviceId, StringComparer.Ordinal);

    private readonly Dictionary<string, Fault?> _doubts = new(StringComparer.Ordinal);

    /// <summary>Why what was found may not be erased, by the device ID, where nothing tells whose it is. The registry is asked once for each ID.</summary>
    public async Task<Dictionary<string, Fault>> FindDoubtsAsync(IEnumerable<DeviceDataFinding> found, CancellationToken cancellationToken)
    {
        // To a scope of one generation the stores themselves keep.
        List<string> deviceIds = reading.Options.Scope.GenerationId is null
            ? [.. found.Where(IsNameless).Select(finding => finding.DeviceId).Where(_registered.ContainsKey)]
            : [];
        List<string> unread = [.. deviceIds.Where(deviceId => !_doubts.ContainsKey(deviceId))];
        if (unread.Count > 0)
        {
            DataLocation registry = _registered[unread[0]].Location;
            foreach (DeviceDataFinding now in await reading.FindAsync(registry, unread, cancellationToken).ConfigureAwait(false))
                _doubts[now.DeviceId] = DoubtOf(now, _registered[now.DeviceId].Planned.Finding);
        }

        return deviceIds.Where(deviceId => _doubts[deviceId] is not null).ToDictionary(deviceId => deviceId, deviceId => _doubts[deviceId]!, StringComparer.Ordinal);
    }

    /// <summary>
    /// The doubts that this run has come upon: whoever is to be deleted is known by then. They say why what the plan found may not be erased,
    /// by the device ID.
    /// </summary>
    public Dictionary<string, Fault> KnownDoubts(IEnumerable<DeviceDataFinding> planned)
    {
        var doubts = new Dictionary<string, Fault>(StringComparer.Ordinal);
        foreach (DeviceDataFinding finding in reading.Options.Scope.GenerationId is null ? planned.Where(IsNameless) : [])
        {
            if (_registered.TryGetValue(finding.DeviceId, out RequestStep? step) && step.Outcome?.Fault is { } fault
                && fault.Id == FaultCatalogue.DeviceRecreated.Id)
                doubts[finding.DeviceId] = fault;
        }

        return doubts;
    }

    /// <summary>Whether there is something that does not say which device of the ID it is of.</summary>
    private static bool IsNameless(DeviceDataFinding finding) => finding.GenerationId is null && finding.Records + finding.RelayedRecords > 0;

    private static Fault? DoubtOf(DeviceDataFinding now, DeviceDataFinding planned) =>
        !IsKnown(now) ? FaultCatalogue.LocationMissing.For(now.Location.ToString(), now.Detail ?? "It could not be read.")
        : now.GenerationId is not null && now.GenerationId != planned.GenerationId ? FaultCatalogue.DeviceRecreated.For(now.DeviceId)
        : null;

    private static bool IsKnown(DeviceDataFinding finding) => finding.Verdict is not (Verdict.Unreachable or Verdict.Unknown);
}
