using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BlobChangeFeeds;

/// <summary>
/// From containers to those that object replication copies them to, which are read and erased like their sources. What is changed or deleted
/// in a source is so in the copy as long as the rule stands; until then nobody else can write there.
/// </summary>
internal sealed class ReplicationDiscovery(DiscoveryContext context)
{
    /// <summary>The service promises no time.</summary>
    private static readonly TimeSpan s_lag = TimeSpan.FromDays(1);

    /// <param name="account">An account.</param>
    /// <param name="containers">The containers of it that are places.</param>
    /// <param name="locations">Takes the copies.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AddAsync(ArmId account, LocationDraft[] containers, LocationSet locations, CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonElement> policies;
        try
        {
            policies = await context.Accounts.Protections.ReplicationsOfAsync(account, cancellationToken);
        }
        catch (DsrException unread) when (unread.Fault.Id == FaultCatalogue.LocationMissing.Id)
        {
            // Where the account is gone nobody knows of its rules; the places in it say so.
            return;
        }
        catch (DsrException unread)
        {
            locations.AddUnread($"object replication of the storage account {account.Name}", unread.Fault);
            return;
        }

        foreach (JsonElement policy in policies)
        {
            JsonElement? properties = policy.Prop("properties");

            // An account is told of the policies by which it receives, too.
            if (!Is(account, properties.Text("sourceAccount")) || properties.Text("destinationAccount") is not { } destination)
                continue;
            foreach (JsonElement rule in properties.Prop("rules").Items())
            {
                foreach (LocationDraft source in containers.Where(place => IsSource(account, place, rule)))
                    await AddCopyAsync(account, source, destination, rule, locations, cancellationToken);
            }
        }
    }

    private async Task AddCopyAsync(
        ArmId account,
        LocationDraft source,
        string destination,
        JsonElement rule,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        string? container = rule.Text("destinationContainer");
        string[] prefixes =
        [
            .. rule.Prop("filters").Prop("prefixMatch").Items().Select(one => ((JsonElement?)one).Text()).OfType<string>(),
        ];
        string why =
            $"object replication copies block blobs from {source.Place} to {ArmId.NameIn(destination)}/{container}"
            + (prefixes.Length == 0 ? "" : $", those that begin with {string.Join(" or ", prefixes.Select(static one => $"'{one}'"))}");
        ContainerAddress? address = ArmId.TryParse(destination, out ArmId? id)
            ? await context.Accounts.FindAsync(id.ToString(), container, cancellationToken)
            : await context.Accounts.FindAsync(null, destination, container, account.SubscriptionId, null, cancellationToken);
        if (address is null)
        {
            locations.AddUnknown($"copies of {source.Place}", $"{why}: its destination is not of a form that this version can read");
            return;
        }

        var settings = new Dictionary<string, string>(source.Settings, StringComparer.Ordinal);
        settings.Remove(LocationSettings.ImmutabilityDays);
        settings.Remove(LocationSettings.RestorableDays);
        foreach ((string key, string value) in address.Settings)
            settings[key] = value;
        settings[LocationSettings.ReplicatedFrom] = source.Place;
        locations.Add(
            source with
            {
                Place = address.Place,
                ResourceId = address.AccountId ?? id?.ToString(),
                Ways = [DataWay.Remark(why)],
                FlushTime = s_lag + (source.FlushTime ?? TimeSpan.Zero),
                Settings = settings,
                Statements = [],
                Sources = [source],
            }
        );
    }

    private static bool IsSource(ArmId account, LocationDraft place, JsonElement rule) =>
        place.Place.Equals($"{account.Name}/{rule.Text("sourceContainer")}", StringComparison.OrdinalIgnoreCase);

    private static bool Is(ArmId account, string? named) =>
        named is not null && (account.Names(named) || account.Name.Equals(named, StringComparison.OrdinalIgnoreCase));
}
