using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>Event hubs to which data export rules of workspaces copy rows: one that the rule names, or one for each table.</summary>
internal static class ExportHubs
{
    public static async Task<IReadOnlyList<LocationDraft>> FindAsync(
        IReadOnlyList<LocationDraft> found,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        // Rules that cannot be read are told once, with the containers.
        var unread = new LocationSet();
        IReadOnlyList<WorkspaceExport> rules = await WorkspaceExports.ReadAsync(found, context, unread, cancellationToken);
        return [.. rules.SelectMany(Of)];
    }

    private static IEnumerable<LocationDraft> Of(WorkspaceExport rule)
    {
        if (!ArmId.TryParse(rule.Destination, out ArmId? id) || EventHubResource.SpaceOf(id) is not { } space)
            return [];
        string[] names =
            EventHubResource.IdOf(rule.Destination) is { } hub ? [hub.Name]
            : rule.EventHub is { } name ? [name]
            : [.. rule.Tables.Select(WorkspaceExport.NameFor)];
        return names.Select(name =>
            LocationDraft.Of(EventHubKind.Name, $"{space.Name.ToLowerInvariant()}/{name}", $"{space}/eventhubs/{name}") with
            {
                Ways = [DataWay.Remark(rule.Why)],
                FlushTime = WorkspaceExport.Delay,
                Inflow = rule.Inflow,
            }
        );
    }
}
