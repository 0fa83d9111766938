using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// Where Azure Monitor sends the logs of resources that data of the hub goes through: they name devices in paths and queries.
/// </summary>
internal sealed class AttachedDiagnostics(DiscoveryContext context, IReadOnlyList<ILogPlaces> sources)
{
    /// <summary>Types of resource whose logs can name a device, and the parts of them that have settings of their own.</summary>
    private static readonly (string Provider, string Type, string[] Parts)[] s_logged =
    [
        ("Microsoft.Storage", "storageAccounts", ["/blobServices/default", "/queueServices/default"]),
        ("Microsoft.EventHub", "namespaces", [""]),
        ("Microsoft.ServiceBus", "namespaces", [""]),
        ("Microsoft.DocumentDB", "databaseAccounts", [""]),
        ("Microsoft.Devices", "provisioningServices", [""]),
        ("Microsoft.EventGrid", "systemTopics", [""]),
        ("Microsoft.EventGrid", "topics", [""]),
        ("Microsoft.Kusto", "clusters", [""]),
        // A workspace logs the queries that it answers, those of this module among them.
        ("Microsoft.OperationalInsights", "workspaces", [""]),
    ];

    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    public const string Part = "diagnostic settings of attached resources";

    /// <summary>Reads the settings of resources that were not asked before.</summary>
    /// <param name="found">All that was found otherwise, way by way.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<LocationSet> FindAsync(IReadOnlyList<LocationDraft> found, HubDescription hub, CancellationToken cancellationToken)
    {
        var attached = found
            .Select(static location => ArmId.TryParse(location.ResourceId, out ArmId? id) ? id : null)
            .Concat(context.SystemTopics)
            .OfType<ArmId>()
            .SelectMany(LoggedOf)
            .Where(id => _asked.Add(id.ToString()))
            .ToList();
        var locations = new LocationSet();
        foreach (LocationSet part in await Task.WhenAll(attached.Select(resource => FindAsync(resource, hub, cancellationToken))))
            locations.Add(part);
        return locations;
    }

    /// <summary>What of a resource, or of that which it is a part of, has settings.</summary>
    private static IEnumerable<ArmId> LoggedOf(ArmId resource)
    {
        foreach ((string provider, string type, string[] parts) in s_logged)
        {
            if (!resource.Namespace.Equals(provider, StringComparison.OrdinalIgnoreCase) || resource.Within(type) is not { } owner)
                continue;
            foreach (string part in parts)
            {
                if (ArmId.TryParse($"{owner}{part}", out ArmId? logged))
                    yield return logged;
            }
        }
    }

    private async Task<LocationSet> FindAsync(ArmId resource, HubDescription hub, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        string part = $"diagnostic settings of {DiagnosticSetting.InWords(resource)}";
        try
        {
            var call = new ArmCall(
                $"{resource.Path}/providers/Microsoft.Insights/diagnosticSettings",
                DiagnosticsDiscovery.ApiVersion,
                part
            );
            await foreach (JsonElement setting in context.Arm.ListAsync(call, cancellationToken))
            {
                var read = DiagnosticSetting.Read(setting, resource);
                if (read.Categories.Count == 0 && read.Properties.Prop("logs").Items().Any())
                    continue;
                foreach (ILogPlaces source in sources)
                    await source.AddAsync(read, hub, context, locations, cancellationToken);
                new UnreadDestinations(sources).Add(read, locations);
            }
        }
        catch (DsrException gone) when (gone.Fault.Id == FaultCatalogue.LocationMissing.Id)
        {
            // A resource that is gone has no settings; its own place says so.
        }
        catch (DsrException exception)
        {
            locations.AddUnread(part, exception.Fault);
        }

        return locations;
    }
}
