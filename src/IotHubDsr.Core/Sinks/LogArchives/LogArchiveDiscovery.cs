using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.LogArchives;

/// <summary>
/// The blob containers of an account that Azure Monitor archives the hub's logs to: one for each category. Those of categories that are no
/// longer enabled hold the rows of the time when they were.
/// </summary>
internal sealed class LogArchiveDiscovery(StorageAccounts accounts, string hubName, DiagnosticSetting setting, LocationSet locations)
{
    private const string Prefix = "insights-logs-";

    /// <summary>The blob of the hour before is still written to for a while when a new hour begins.</summary>
    private static readonly TimeSpan ArchiveDelay = TimeSpan.FromHours(2);

    /// <param name="accountId">Resource ID of the account.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async Task AddAsync(string accountId, CancellationToken cancellationToken)
    {
        string[] enabled = [.. setting.Categories.Select(ContainerOf)];
        foreach ((string container, string category) in enabled.Zip(setting.Categories))
        {
            DataWay way = setting.Way with { Carries = [category], Target = $"storage account, container '{container}'" };
            await AddAsync(accountId, container, way, LocationInflow.Open, cancellationToken);
        }

        foreach (string container in await OlderAsync(accountId, enabled, cancellationToken))
        {
            string note =
                $", which also has the container '{container}' of a category that is not enabled: rows of earlier settings can be there";
            await AddAsync(accountId, container, WithoutCategory(note), LocationInflow.Closed, cancellationToken);
        }
    }

    private static string ContainerOf(string category) => Prefix + category.ToLowerInvariant();

    private DataWay WithoutCategory(string note) => setting.Way with { Carries = [], Target = "storage account", Note = note };

    private async Task<IReadOnlyList<string>> OlderAsync(
        string accountId,
        IReadOnlyList<string> enabled,
        CancellationToken cancellationToken
    )
    {
        if (!ArmId.TryParse(accountId, out ArmId? id))
        {
            locations.AddUnknown(
                $"log archives of {setting.Way.Title}",
                [WithoutCategory(", which is not named in a form that this version can read")]
            );
            return [];
        }

        string[] known = [.. DiagnosticSetting.AllCategories.Select(ContainerOf).Except(enabled, StringComparer.Ordinal)];
        try
        {
            return [.. (await accounts.ContainersOfAsync(id, cancellationToken)).Intersect(known, StringComparer.Ordinal)];
        }
        catch (DsrException unread)
        {
            locations.AddUnread($"log archives of earlier settings in storage account {id.Name}", unread.Fault);
            return [];
        }
    }

    private async Task AddAsync(string accountId, string container, DataWay way, LocationInflow inflow, CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(accountId, container, cancellationToken) is not { } address)
        {
            locations.AddUnknown(
                $"log archive {container}",
                [way with { Note = $"{way.Note}: the account is not named in a form that this version can read" }]
            );
            return;
        }

        Dictionary<string, string> settings = address.Settings;
        settings[LocationSettings.HubName] = hubName;
        locations.Add(
            new LocationDraft
            {
                Kind = LogArchiveKind.Name,
                Place = address.Place,
                ResourceId = address.AccountId ?? accountId,
                Ways = [way],
                RecordsDeletion = setting.RecordsDeletion && inflow == LocationInflow.Open,
                FlushTime = ArchiveDelay,
                Inflow = inflow,
                Settings = settings,
            }
        );
    }
}
