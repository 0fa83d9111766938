using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Where Azure Monitor sends the hub's resource logs. Metrics have no device in them and do not count.</summary>
internal sealed class DiagnosticsDiscovery(DiscoveryContext context, IReadOnlyList<ILogPlaces> sources)
{
    public const string ApiVersion = "2021-05-01-preview";

    private readonly UnreadDestinations _unread = new(sources);

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
                _unread.Add(read, locations);
            }
        }
        catch (DsrException exception)
        {
            locations.AddUnread(part, exception.Fault);
        }

        return locations;
    }
}
