using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.LogArchives;

/// <summary>Containers to which data export rules of workspaces copy tables: one for each table.</summary>
internal sealed class ExportDiscovery(DiscoveryContext context, HubDescription hub, LocationSet locations)
{
    public async Task AddAsync(IReadOnlyList<LocationDraft> found, CancellationToken cancellationToken)
    {
        foreach (WorkspaceExport rule in await WorkspaceExports.ReadAsync(found, context, locations, cancellationToken))
        {
            bool isAccount = ArmId.TryParse(rule.Destination, out ArmId? id) && id.IsOf("Microsoft.Storage", "storageAccounts");
            bool isEventHub = id is not null && id.Namespace.Equals("Microsoft.EventHub", StringComparison.OrdinalIgnoreCase);
            if (!isAccount && !isEventHub)
                locations.AddUnknown(rule.Why, $"{rule.Why}: its destination is not of a form that this version can read");
            foreach (string table in isAccount ? rule.Tables : [])
                await AddAsync(rule, rule.Destination!, WorkspaceExport.NameFor(table).ToLowerInvariant(), cancellationToken);
        }
    }

    private async Task AddAsync(WorkspaceExport rule, string accountId, string container, CancellationToken cancellationToken)
    {
        if (await context.Accounts.FindAsync(accountId, container, cancellationToken) is not { } address)
        {
            locations.AddUnknown(container, $"{rule.Why}: the account is not named in a form that this version can read");
            return;
        }

        Dictionary<string, string> settings = address.Settings;
        settings[LocationSettings.HubName] = hub.Name;
        locations.Add(
            new LocationDraft
            {
                Kind = LogArchiveKind.Name,
                Place = address.Place,
                ResourceId = address.AccountId ?? accountId,
                Ways = [DataWay.Remark(rule.Why)],
                FlushTime = WorkspaceExport.Delay,
                Inflow = rule.Inflow,
                Settings = settings,
            }
        );
    }
}
