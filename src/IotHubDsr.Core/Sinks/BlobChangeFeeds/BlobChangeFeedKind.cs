using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BlobChangeFeeds;

/// <summary>
/// Change feeds of storage accounts that devices upload files to: they record the name of each file that is written or deleted, and nobody
/// can change them.
/// </summary>
internal sealed class BlobChangeFeedKind : ISinkKind, IOnwardPlaces
{
    public const string Name = "BlobChangeFeed";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 85,
            "Change feeds of storage accounts that devices upload files to: they hold the names of files, which begin with the device ID, also "
                + "of those that are deleted."
        )
        {
            Verdict = Verdict.OwnerAction,
            Advice =
                "The change feed holds the names of uploaded files, which begin with the device ID, and of their deletion. It cannot be "
                + "changed: its records leave {retention}.",
        };

    /// <summary>The service finishes a segment within the hour.</summary>
    private static readonly TimeSpan s_segment = TimeSpan.FromHours(1);

    public string Part => "change feeds and object replication of storage accounts";

    public bool IsLast => true;

    public async Task AddAsync(
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        LocationDraft[] containers = [.. found.Where(static place => place.Settings.ContainsKey(LocationSettings.ContainerUri))];
        IEnumerable<IGrouping<string, LocationDraft>> accounts = containers.GroupBy(
            static place => AccountOf(place)?.ToString() ?? "",
            StringComparer.OrdinalIgnoreCase
        );
        var replication = new ReplicationDiscovery(context);
        LocationSet[] parts = await Task.WhenAll(
            accounts
                .Where(static account => account.Key.Length > 0)
                .Select(async account =>
                {
                    var part = new LocationSet();
                    ArmId id = AccountOf(account.First())!;
                    await AddFeedAsync(id, [.. account], context, part, cancellationToken);
                    await replication.AddAsync(id, [.. account], part, cancellationToken);
                    return part;
                })
        );
        foreach (LocationSet part in parts)
            locations.Add(part);
    }

    private static ArmId? AccountOf(LocationDraft place) =>
        ArmId.TryParse(place.ResourceId, out ArmId? id) && id.IsOf("Microsoft.Storage", "storageAccounts") ? id : null;

    private static async Task AddFeedAsync(
        ArmId account,
        LocationDraft[] containers,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        // Names of other blobs hold the hub, the partition and the time, and no device.
        LocationDraft[] uploads = [.. containers.Where(static place => SinkCatalogue.Has(place.Kind, PlaceTraits.HasDeviceFolders))];
        if (uploads.Length == 0)
            return;
        AccountProtection protection;
        try
        {
            protection = await context.Accounts.Protections.OfAsync(account, cancellationToken);
        }
        catch (DsrException unread)
        {
            // A right that is missing has been told with the container, and a resource that is gone is told there.
            if (unread.Fault.Id != FaultCatalogue.PermissionMissing.Id && unread.Fault.Id != FaultCatalogue.LocationMissing.Id)
                locations.AddUnread($"change feed of the storage account {account.Name}", unread.Fault);
            return;
        }

        if (!protection.HasChangeFeed)
            return;
        string names = string.Join(", ", uploads.Select(static place => $"'{place.Place}'").Distinct(StringComparer.Ordinal));
        locations.Add(
            LocationDraft.Of(Name, $"{account.Name.ToLowerInvariant()}/$blobchangefeed", account.ToString()) with
            {
                Ways = [DataWay.Remark($"the account's change feed records the names of the files in {names}")],
                Verdict = protection.ChangeFeedDays is null ? Verdict.OwnerAction : Verdict.Expiring,
                Retention = protection.ChangeFeedDays is { } days ? TimeSpan.FromDays(days) : null,
                FlushTime = s_segment + (uploads.Max(static place => place.FlushTime) ?? TimeSpan.Zero),
                Advice = protection.ChangeFeedDays is null
                    ? "It has no retention: the owner of the account sets one (retentionInDays), by which its records leave."
                    : null,
            }
        );
    }
}
