using System.Collections.Concurrent;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Azure.Provisioning;

namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>
/// Enrollments and registrations in Device Provisioning Services, with the account's own token; where that is refused, with the key of a
/// policy that the account may list.
/// </summary>
internal sealed class ProvisioningServiceSink(AzureAccess access, string hubHostName, double share) : IFinder, IExporter, IEraser, IPaced
{
    /// <summary>A burst of this many operations disturbs nobody; then the service's limit counts.</summary>
    private const double Burst = 100;

    /// <summary>A client for each service: it remembers which key the account's token could not do without.</summary>
    private readonly ConcurrentDictionary<(string HostName, string? ResourceId), ProvisioningClient> _clients = new();

    private readonly ConcurrentDictionary<string, TokenBucket> _paces = new(StringComparer.Ordinal);

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork.Whole<IReadOnlyList<DeviceDataFinding>>(async token =>
        {
            var scan = new EnrollmentScan(ClientOf(call.Location), ClaimsOf(call.Location), call, deviceIds);
            IReadOnlyDictionary<string, DeviceEnrollments> held = await scan.RunAsync(token);
            return [.. deviceIds.Select(deviceId => EnrollmentFindings.Of(call, deviceId, held[deviceId], scan.Groups))];
        });

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        UnitWork.Whole<IReadOnlyList<ExportCompleteness>>(async token =>
        {
            var scan = new EnrollmentScan(ClientOf(call.Location), ClaimsOf(call.Location), call, deviceIds);
            IReadOnlyDictionary<string, DeviceEnrollments> held = await scan.RunAsync(token);
            var accounts = new List<ExportCompleteness>(deviceIds.Count);
            await using var export = new EnrollmentExport(call, target);
            foreach (string deviceId in deviceIds)
            {
                DeviceDataFinding finding = EnrollmentFindings.Of(call, deviceId, held[deviceId], scan.Groups);
                accounts.Add(await export.WriteAsync(deviceId, held[deviceId], finding, token));
            }

            return accounts;
        });

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        new EnrollmentErasure(ClientOf(call.Location), ClaimsOf(call.Location), call).Work(findings);

    /// <summary>What no list shows is asked for device by device; what is found is read, deleted, and read again.</summary>
    public TimeSpan TimeFor(DataLocation location, IReadOnlyCollection<DeviceDataFinding> findings, int readings)
    {
        const long callsOfErasure = 5;
        long unlisted = findings.Count(static finding => finding.Items.Count == 0);
        return NewPace().TimeFor((unlisted * readings) + ((findings.Count - unlisted) * callsOfErasure));
    }

    private TokenBucket NewPace() =>
        new(ProvisioningClient.OperationsPerMinute / 60d * share, Math.Max(1, Burst * share), TimeProvider.System);

    private HubClaims ClaimsOf(DataLocation location) =>
        new(
            hubHostName,
            location
                .Settings.GetValueOrDefault(LocationSettings.LinkedHubs, string.Empty)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );

    private ProvisioningClient ClientOf(DataLocation location)
    {
        string name = location.Place;
        if (Uri.CheckHostName(name) != UriHostNameType.Dns || name.Contains('.', StringComparison.Ordinal))
        {
            throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                "it does not name one Device Provisioning Service; a location file names it as Azure Resource Manager does."
            );
        }

        // The host is made of the name alone: no token goes to one that somebody wrote into a configuration.
        string hostName = $"{name.ToLowerInvariant()}.{access.Cloud.ProvisioningSuffix}";
        return _clients.GetOrAdd((hostName, location.ResourceId), Open);
    }

    private ProvisioningClient Open((string HostName, string? ResourceId) service)
    {
        (string hostName, string? resourceId) = service;
        TokenBucket pace = _paces.GetOrAdd(hostName, _ => NewPace());
        var keys = new ProvisioningKeys(new ArmReader(access), ArmId.TryParse(resourceId, out ArmId? id) ? id : null, hostName);
        string scope = resourceId is null ? ProvisioningFaults.NameOf(hostName) : $"the resource {resourceId}";
        return new ProvisioningClient(new ProvisioningChannel(access, hostName, keys, pace), scope);
    }
}
