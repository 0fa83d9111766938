using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>A blob container and where it is.</summary>
/// <param name="Account">Name of the storage account.</param>
/// <param name="Container">Name of the container.</param>
/// <param name="Uri">Address of the container.</param>
/// <param name="AccountId">Resource ID of the account, when it could be found out.</param>
/// <param name="ImmutabilityDays">For how long the container's retention policy keeps a blob; null when there is none, or when that could
/// not be found out.</param>
/// <param name="RestorableDays">For how long point-in-time restore brings back what was changed or deleted; null when it is off, or when that
/// could not be read.</param>
internal sealed record ContainerAddress(
    string Account,
    string Container,
    Uri Uri,
    string? AccountId,
    int? ImmutabilityDays,
    int? RestorableDays
)
{
    public string Place => $"{Account}/{Container}";

    public Dictionary<string, string> Settings
    {
        get
        {
            var settings = new Dictionary<string, string>(StringComparer.Ordinal) { [LocationSettings.ContainerUri] = Uri.AbsoluteUri };
            if (ImmutabilityDays is { } days)
                settings[LocationSettings.ImmutabilityDays] = days.ToString(CultureInfo.InvariantCulture);
            if (RestorableDays is { } restorable)
                settings[LocationSettings.RestorableDays] = restorable.ToString(CultureInfo.InvariantCulture);
            return settings;
        }
    }
}

/// <summary>Finds out which storage account a name or an address belongs to, and where its blobs are served.</summary>
/// <param name="arm">Reads Azure Resource Manager.</param>
/// <param name="cloud">The cloud that the hub is in.</param>
/// <param name="hubSubscription">The subscription in which accounts of unknown place are looked for.</param>
/// <param name="notify">Takes what is worth a line but changes nothing.</param>
internal sealed partial class StorageAccounts(ArmReader arm, Cloud cloud, string hubSubscription, Action<NoticeLevel, string> notify)
{
    private const string ApiVersion = "2023-01-01";

    /// <summary>The longest policy that the service allows.</summary>
    private const int MostDays = 146_000;

    private readonly ConcurrentDictionary<string, Lazy<Task<JsonElement>>> _accounts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<JsonElement>>>> _listings = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<Fault, bool> _refusals = new();

    /// <summary>Rights that are missing: the containers are known all the same, but not all that concerns them.</summary>
    public IReadOnlyList<Fault> Refusals => [.. _refusals.Keys.OrderBy(static fault => fault.Message, StringComparer.Ordinal)];

    /// <summary>What accounts keep and copy.</summary>
    public AccountProtections Protections { get; } = new(arm);

    /// <summary>The container that the configuration names; null when it names none that can exist.</summary>
    /// <param name="endpointUri">Address of the account's blob service, if configured.</param>
    /// <param name="accountName">Name of the account, if configured.</param>
    /// <param name="container">Name of the container.</param>
    /// <param name="subscription">Subscription of the account, if configured.</param>
    /// <param name="resourceGroup">Resource group of the account, if configured.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<ContainerAddress?> FindAsync(
        string? endpointUri,
        string? accountName,
        string? container,
        string? subscription,
        string? resourceGroup,
        CancellationToken cancellationToken
    )
    {
        string? name = container?.Trim().ToLowerInvariant();
        Uri? blobs = Trusted(endpointUri);
        string? account = StorageHost.AccountOf(blobs?.AbsoluteUri) ?? accountName?.Trim().ToLowerInvariant();
        if (name is null || account is null || !ContainerName().IsMatch(name) || !AccountName().IsMatch(account))
            return null;

        JsonElement? found = await LookUpAsync(account, subscription, resourceGroup, cancellationToken);
        blobs ??= Trusted(found.Prop("properties").Prop("primaryEndpoints").Text("blob")) ?? cloud.BlobEndpoint(account);
        ArmId? id = ArmId.TryParse(found.Text("id"), out ArmId? parsed) ? parsed : null;
        int?[] days = id is null
            ? [null, null]
            : await Task.WhenAll(ImmutabilityDaysAsync(id, name, cancellationToken), RestorableDaysAsync(id, cancellationToken));
        return new ContainerAddress(account, name, new Uri(blobs, name), id?.ToString(), days[0], days[1]);
    }

    /// <summary>The container of an account that is known by its resource ID.</summary>
    public Task<ContainerAddress?> FindAsync(string? accountId, string? container, CancellationToken cancellationToken) =>
        ArmId.TryParse(accountId, out ArmId? id) && id.IsOf("Microsoft.Storage", "storageAccounts")
            ? FindAsync(null, id.Name, container, id.SubscriptionId, id.ResourceGroup, cancellationToken)
            : Task.FromResult<ContainerAddress?>(null);

    /// <summary>Names of the containers of an account that is known by its resource ID.</summary>
    /// <exception cref="DsrException">They cannot be listed.</exception>
    public async Task<IReadOnlyList<string>> ContainersOfAsync(ArmId account, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var call = new ArmCall(
            $"{account.Path}/blobServices/default/containers",
            ApiVersion,
            $"the blob containers of storage account {account.Name}"
        );
        await foreach (JsonElement container in arm.ListAsync(call, cancellationToken))
        {
            if (container.Text("name") is { } name)
                names.Add(name);
        }

        return names;
    }

    /// <summary>
    /// An address of the cloud's own blob service. Tokens of the account are sent there, so an address at any other host is not taken
    /// from a configuration that others can write.
    /// </summary>
    private Uri? Trusted(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && StorageHost.IsOf(cloud, uri)
            ? new Uri($"https://{uri.IdnHost.ToLowerInvariant()}/")
            : null;

    private async Task<JsonElement?> LookUpAsync(
        string account,
        string? subscription,
        string? resourceGroup,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (
                subscription is not null
                && resourceGroup is not null
                && ArmId.TryParse(
                    $"/subscriptions/{subscription}/resourceGroups/{resourceGroup}/providers/Microsoft.Storage/storageAccounts/{account}",
                    out ArmId? id
                )
            )
            {
                // One account can have a container for each category of logs.
                var call = new ArmCall(id.Path, ApiVersion, $"the storage account {account}");
                return await _accounts
                    .GetOrAdd(id.Path, _ => new Lazy<Task<JsonElement>>(() => arm.GetAsync(call, cancellationToken)))
                    .Value;
            }

            string within = subscription ?? hubSubscription;
            IReadOnlyList<JsonElement> all = await _listings
                .GetOrAdd(within, key => new Lazy<Task<IReadOnlyList<JsonElement>>>(() => ListAsync(key, cancellationToken)))
                .Value;
            foreach (JsonElement candidate in all)
            {
                if (string.Equals(candidate.Text("name"), account, StringComparison.OrdinalIgnoreCase))
                    return candidate;
            }

            notify(NoticeLevel.Verbose, $"The storage account {account} is not in subscription {within}; its resource ID stays unknown.");
        }
        catch (DsrException exception)
        {
            Note(exception.Fault, $"The resource ID of the storage account {account} stays unknown");
        }

        return null;
    }

    private async Task<int?> ImmutabilityDaysAsync(ArmId account, string container, CancellationToken cancellationToken)
    {
        try
        {
            var call = new ArmCall(
                $"{account.Path}/blobServices/default/containers/{Uri.EscapeDataString(container)}",
                ApiVersion,
                $"the container {container}"
            );
            JsonElement? found = await arm.GetAsync(call, cancellationToken);
            return
                found.Prop("properties").Prop("immutabilityPolicy").Prop("properties").Number("immutabilityPeriodSinceCreationInDays")
                    is > 0
                        and <= MostDays
                        and var days
                ? (int)days
                : null;
        }
        catch (DsrException exception)
        {
            Note(
                exception.Fault,
                $"For how long a policy of the container {account.Name}/{container} keeps blobs, if it has one, stays unknown"
            );
            return null;
        }
    }

    private async Task<int?> RestorableDaysAsync(ArmId account, CancellationToken cancellationToken)
    {
        try
        {
            return (await Protections.OfAsync(account, cancellationToken)).RestoreDays;
        }
        catch (DsrException exception)
        {
            Note(exception.Fault, $"For how long the storage account {account.Name} can be restored to an earlier time stays unknown");
            return null;
        }
    }

    private void Note(Fault fault, string consequence)
    {
        if (fault.Id == FaultCatalogue.PermissionMissing.Id)
            _refusals[fault] = true;
        notify(NoticeLevel.Verbose, $"{consequence}: {fault.Message}");
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync(string subscription, CancellationToken cancellationToken)
    {
        var accounts = new List<JsonElement>();
        var call = new ArmCall(
            $"/subscriptions/{Uri.EscapeDataString(subscription)}/providers/Microsoft.Storage/storageAccounts",
            ApiVersion,
            $"the storage accounts of subscription {subscription}"
        );
        await foreach (JsonElement account in arm.ListAsync(call, cancellationToken))
            accounts.Add(account);
        return accounts;
    }

    [GeneratedRegex(@"^[a-z0-9]{3,24}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountName();

    [GeneratedRegex(@"^(?=.{3,63}\z)(?:[a-z0-9](?:-?[a-z0-9])+|\$root|\$web|\$logs)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerName();
}
