using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// The blob containers of an account that Azure Monitor archives the hub's logs to: one for each category. Those of categories that are no
/// longer enabled hold the rows of the time when they were.
/// </summary>
internal sealed class LogArchiveLocations(StorageAccounts accounts, string hubName, string setting, bool recordsDeletion)
{
    private const string Prefix = "insights-logs-";

    /// <summary>The blob of the hour before is still written to for a while when a new hour begins.</summary>
    private static readonly TimeSpan ArchiveDelay = TimeSpan.FromHours(2);

    /// <param name="accountId">Resource ID of the account.</param>
    /// <param name="categories">The categories that are enabled.</param>
    /// <param name="locations">Takes the containers.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async Task AddAsync(
        string accountId,
        IReadOnlyList<string> categories,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        string[] enabled = [.. categories.Select(ContainerOf)];
        foreach ((string container, string category) in enabled.Zip(categories))
        {
            string why = $"{setting} ({category}) → storage account, container '{container}'";
            await AddAsync(accountId, container, why, LocationInflow.Open, locations, cancellationToken);
        }

        foreach (string container in await OlderAsync(accountId, enabled, locations, cancellationToken))
        {
            string why =
                $"{setting} → storage account, which also has the container '{container}' of a category that is not enabled: rows of "
                + "earlier settings can be there";
            await AddAsync(accountId, container, why, LocationInflow.Closed, locations, cancellationToken);
        }
    }

    private static string ContainerOf(string category) => Prefix + category.ToLowerInvariant();

    private async Task<IReadOnlyList<string>> OlderAsync(
        string accountId,
        IReadOnlyList<string> enabled,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        if (!ArmId.TryParse(accountId, out ArmId? id))
        {
            locations.AddUnknown(
                $"log archives of {setting}",
                $"{setting} → storage account, which is not named in a form that this version can read"
            );
            return [];
        }

        string[] known = [.. DiagnosticsDiscovery.AllCategories.Select(ContainerOf).Except(enabled, StringComparer.Ordinal)];
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

    private async Task AddAsync(
        string accountId,
        string container,
        string why,
        LocationInflow inflow,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        if (await accounts.FindAsync(accountId, container, cancellationToken) is not { } address)
        {
            locations.AddUnknown($"log archive {container}", $"{why}: the account is not named in a form that this version can read");
            return;
        }

        Dictionary<string, string> settings = address.Settings;
        settings[LocationSettings.HubName] = hubName;
        locations.Add(
            new DataLocation
            {
                Id = "",
                Kind = LocationKinds.LogArchive,
                Place = address.Place,
                ResourceId = address.AccountId ?? accountId,
                Provenance = [why],
                RecordsDeletion = recordsDeletion && inflow == LocationInflow.Open,
                FlushTime = ArchiveDelay,
                Inflow = inflow,
                Settings = settings,
            }
        );
    }
}
