using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.GatewayChildren;

/// <summary>
/// Reads the scopes of all devices once for all subjects: a query that named a gateway would leave its name in the hub's logs.
/// </summary>
internal sealed class GatewayChildSink(HubClient hub) : IFinder, IExporter
{
    private const string Query = "SELECT deviceId, deviceScope, parentScopes FROM devices WHERE IS_DEFINED(deviceScope)";
    private const int MostNames = 10;

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork.Whole<IReadOnlyList<DeviceDataFinding>>(async token =>
        {
            Dictionary<string, List<string>> children = await ReadAsync(deviceIds, token);
            await TellAsync(call, children, token);
            return [.. deviceIds.Select(deviceId => FindingOf(call, deviceId, children[deviceId].Count))];
        });

    /// <summary>Whose gateway a device is, tells of other devices: it is accounted for, and not copied.</summary>
    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        Find(call, deviceIds)
            .Select<IReadOnlyList<DeviceDataFinding>, IReadOnlyList<ExportCompleteness>>(findings =>
                [.. findings.Select(finding => AccountOf(call, finding))]
            );

    private async Task<Dictionary<string, List<string>>> ReadAsync(IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        var children = deviceIds
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(static device => device, static _ => new List<string>(), StringComparer.Ordinal);
        await foreach (JsonElement row in hub.QueryAsync(Query, cancellationToken))
        {
            string child = row.Text("deviceId")
                ?? throw new DsrException(HubFaults.Incomplete("the ID of a device that has a scope", hub.HostName));
            foreach (string parent in ScopesOf(row).Select(DeviceScope.DeviceOf).OfType<string>().Distinct(StringComparer.Ordinal))
            {
                if (parent != child && children.TryGetValue(parent, out List<string>? known))
                    known.Add(child);
            }
        }

        return children;
    }

    private static IEnumerable<string> ScopesOf(JsonElement row)
    {
        if (row.Text("deviceScope") is { } own)
            yield return own;
        if (!row.TryGetProperty("parentScopes", out JsonElement parents) || parents.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (JsonElement parent in parents.EnumerateArray())
        {
            if (parent.AsText() is { } scope)
                yield return scope;
        }
    }

    /// <summary>Which devices they are is for the operator's eyes: they are bystanders, and what is said of a subject names none.</summary>
    private static async Task TellAsync(SinkCall call, Dictionary<string, List<string>> children, CancellationToken cancellationToken)
    {
        foreach ((string gateway, List<string> behind) in children.Where(static one => one.Value.Count > 0))
        {
            string names = string.Join(", ", behind.Order(StringComparer.Ordinal).Take(MostNames).Select(static child => $"'{child}'"));
            string more = behind.Count > MostNames ? $" and {behind.Count - MostNames} more" : string.Empty;
            await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: behind '{gateway}': {names}{more}", cancellationToken);
        }
    }

    private static DeviceDataFinding FindingOf(SinkCall call, string deviceId, int children) =>
        new()
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = children > 0 ? Verdict.OwnerAction : Verdict.Absent,
            RecordCount = children,
            Detail =
                children == 0
                    ? null
                    : $"{Counted.Of(children, "device")} {(children == 1 ? "has" : "have")} this device as the gateway: the scopes of such "
                        + "a device name it, also after it is deleted, until the hub's operator gives it another parent. -Verbose names "
                        + "them.",
        };

    private static ExportCompleteness AccountOf(SinkCall call, DeviceDataFinding finding) =>
        PerDevice.Line(call, finding.DeviceId, finding.Verdict) with
        {
            Found = finding.RecordCount,
            Withheld = finding.RecordCount,
            Ground =
                finding.RecordCount == 0
                    ? null
                    : $"{Counted.Of(finding.RecordCount, "device")} {(finding.RecordCount == 1 ? "has" : "have")} this device as the "
                        + "gateway: whose it is, is other people's data.",
        };
}
