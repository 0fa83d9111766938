using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.HubConfigurations;

/// <summary>
/// Takes devices out of target conditions that do nothing but list devices, all of them from a condition at once, in the state in which the
/// configuration is read just before; it is read again afterwards. A configuration that is for no other device is deleted: without its devices
/// it does nothing, and it is a record of them.
/// </summary>
internal sealed class ConditionRewriting(HubClient hub, SinkCall call)
{
    private const int MaxAttempts = 3;

    private const string OthersHeld = "The configuration is held for another device that it names, and is kept as a whole.";

    public async Task<IReadOnlyList<ErasureOutcome>> RunAsync(
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    )
    {
        var devices = findings.ToDictionary(static finding => finding.DeviceId, static _ => new Tally(), StringComparer.Ordinal);
        if (call.Options.Erasure.RewriteConfigurations)
        {
            ILookup<string, (string DeviceId, string? ETag)> concerned = findings
                .SelectMany(static finding => finding.Items, static (finding, item) => (item.Path, Found: (finding.DeviceId, item.ETag)))
                .ToLookup(static one => one.Path, static one => one.Found, StringComparer.Ordinal);
            foreach (IGrouping<string, (string DeviceId, string? ETag)> one in concerned)
                await RewriteAsync(one.Key, [.. one], devices, cancellationToken);
        }

        return [.. findings.Select(finding => devices[finding.DeviceId].ToOutcome(finding.DeviceId))];
    }

    private async Task RewriteAsync(
        string path,
        IReadOnlyList<(string DeviceId, string? ETag)> found,
        Dictionary<string, Tally> devices,
        CancellationToken cancellationToken
    )
    {
        // A hold keeps what is held for its device, and not the others.
        found = [.. found.Where(one => !call.Held[path].Contains(one.DeviceId, StringComparer.Ordinal))];
        if (found.Count == 0)
            return;
        HashSet<string> announced = new(StringComparer.Ordinal);
        try
        {
            string id = path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];
            for (int attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (await TryRewriteAsync(id, found, devices, announced, cancellationToken))
                    return;
            }

            throw FaultCatalogue.ConcurrentChange.Exception($"{call.Location}, {path}", MaxAttempts);
        }
        catch (DsrException exception)
        {
            await call.ReportAsync(exception.Fault, cancellationToken);
            foreach ((string deviceId, _) in found)
                devices[deviceId].Fault ??= exception.Fault;
        }
    }

    /// <summary>True when nothing more is to be done; false if somebody else changed the configuration meanwhile.</summary>
    private async Task<bool> TryRewriteAsync(
        string id,
        IReadOnlyList<(string DeviceId, string? ETag)> found,
        Dictionary<string, Tally> devices,
        HashSet<string> announced,
        CancellationToken cancellationToken
    )
    {
        HubConfiguration? configuration = await hub.Configurations.GetAsync(id, cancellationToken);
        IReadOnlyList<NamedPart> parts = configuration is null ? [] : NamedPart.Of(configuration);
        List<string> listed = [];
        string? rest = configuration?.TargetCondition;
        foreach ((string deviceId, string? etag) in found)
        {
            // Nothing is left of it. An attempt whose answer was lost, or that was read too soon, has taken it out; else somebody has.
            if (configuration is null || !parts.Any(part => part.Names(deviceId)))
            {
                devices[deviceId].Erased += announced.Remove(deviceId) ? 1 : 0;
                continue;
            }

            if (!IsListed(configuration, deviceId))
            {
                devices[deviceId].Leave(NamingConfiguration.PathOf(id), detail: null);
                continue;
            }

            // Who has changed it since can have meant another device that has taken the ID.
            if (etag != configuration.ETag && await call.DoubtOfAsync(deviceId, cancellationToken) is { } doubt)
            {
                devices[deviceId].Fault ??= doubt;
                continue;
            }

            listed.Add(deviceId);
            rest = rest is null ? null : DeviceCondition.TryParse(rest)?.Without(deviceId);
        }

        string path = NamingConfiguration.PathOf(id);
        if (configuration is null || listed.Count == 0)
            return true;
        if (rest is null && call.Held[path].Any())
        {
            listed.ForEach(deviceId => devices[deviceId].Leave(path, OthersHeld));
            return true;
        }

        string change = rest is null
            ? $"deletes '{id}', which is for no other device,"
            : $"takes {Counted.Of(listed.Count, "device")} out of the target condition of '{id}'";
        var what = new Announcement(
            $"{change} if its ETag is still {configuration.ETag}",
            [.. listed.Select(deviceId => new AnnouncedItem(path, deviceId, 1))]
        );
        announced.UnionWith(listed);
        bool isDone = rest is null
            ? await hub.Configurations.TryDeleteAsync(configuration, token => call.AnnounceAsync(what, token), cancellationToken)
            : await hub.Configurations.TryRetargetAsync(configuration, rest, token => call.AnnounceAsync(what, token), cancellationToken);
        return isDone && await IsGoneAsync(id, listed, devices, cancellationToken);
    }

    private static bool IsListed(HubConfiguration configuration, string deviceId) =>
        new NamingConfiguration(configuration, [.. NamedPart.Of(configuration).Where(part => part.Names(deviceId))], deviceId)
            is { IsRewritable: true }
                or { IsOfDeviceAlone: true };

    /// <summary>Whether none of the devices is named in the configuration as it is read now; only then they count.</summary>
    private async Task<bool> IsGoneAsync(
        string id,
        List<string> listed,
        Dictionary<string, Tally> devices,
        CancellationToken cancellationToken
    )
    {
        HubConfiguration? now = await hub.Configurations.GetAsync(id, cancellationToken);
        IReadOnlyList<NamedPart> parts = now is null ? [] : NamedPart.Of(now);
        if (parts.Any(part => listed.Exists(part.Names)))
            return false;
        listed.ForEach(deviceId => devices[deviceId].Erased++);
        return true;
    }

    /// <summary>What was done for one device.</summary>
    private sealed class Tally
    {
        private readonly HashSet<string> _left = new(StringComparer.Ordinal);
        private string? _detail;

        public int Erased { get; set; }

        public Fault? Fault { get; set; }

        public void Leave(string path, string? detail)
        {
            _left.Add(path);
            _detail ??= detail;
        }

        public ErasureOutcome ToOutcome(string deviceId) =>
            new(deviceId, Erased, Erased)
            {
                Fault = Fault,
                Left = _left,
                Verdict = _left.Count > 0 ? Verdict.OwnerAction : null,
                Detail = _detail,
            };
    }
}
