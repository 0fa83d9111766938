using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Where Azure Monitor sends the hub's resource logs. Metrics have no device in them and do not count.</summary>
internal sealed class DiagnosticsDiscovery(DiscoveryContext context, IReadOnlyList<ILogPlaces> sources)
{
    private const string ApiVersion = "2021-05-01-preview";

    private readonly string[] _known = [.. sources.SelectMany(static source => source.SettingMembers)];

    public async Task<LocationSet> FindAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        string part = $"diagnostic settings of {hub.Name}";
        try
        {
            var call = new ArmCall($"{hub.ResourceId.Path}/providers/Microsoft.Insights/diagnosticSettings", ApiVersion, part);
            await foreach (JsonElement setting in context.Arm.ListAsync(call, cancellationToken))
            {
                var read = DiagnosticSetting.Read(setting);
                foreach (ILogPlaces source in sources)
                    await source.AddAsync(read, hub, context, locations, cancellationToken);
                AddUnreadable(read, locations);
            }
        }
        catch (DsrException exception)
        {
            locations.AddUnread(part, exception.Fault);
        }

        return locations;
    }

    /// <summary>A destination that is not known, or of a form that is not, is one all the same.</summary>
    private void AddUnreadable(DiagnosticSetting setting, LocationSet locations)
    {
        DataWay way = setting.Way;
        if (setting.Properties is not { ValueKind: JsonValueKind.Object } properties)
        {
            locations.AddUnknown(
                $"diagnostic setting {way.Name}",
                [way with { Target = "destinations that are not of a form that this version can read" }]
            );
            return;
        }

        foreach (JsonProperty member in ((JsonElement?)properties).Members())
        {
            string target;
            if (_known.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
            {
                if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null || ((JsonElement?)member.Value).Text() is not null)
                    continue;
                target = $"'{member.Name}', which is not of a form that this version can read";
            }
            else if (member.Name.ToLowerInvariant() is "logs" or "metrics" or "loganalyticsdestinationtype")
            {
                continue;
            }
            else
            {
                target = $"property '{member.Name}', which this version does not know";
            }

            locations.AddUnknown($"diagnostic setting {way.Name}: {member.Name}", [way with { Target = target }]);
        }
    }
}
