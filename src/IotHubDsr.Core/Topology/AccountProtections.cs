using System.Collections.Concurrent;
using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>What the blob service of an account keeps beside its blobs.</summary>
/// <param name="RestoreDays">For how long point-in-time restore brings back what was changed or deleted; null when it is off.</param>
/// <param name="HasChangeFeed">Whether each change of a blob is recorded, with the blob's name.</param>
/// <param name="ChangeFeedDays">For how long it is; null for ever.</param>
internal sealed record AccountProtection(int? RestoreDays, bool HasChangeFeed, int? ChangeFeedDays)
{
    /// <summary>The longest that the service allows.</summary>
    private const int MostDays = 146_000;

    public static AccountProtection Read(JsonElement? service)
    {
        JsonElement? properties = service.Prop("properties");
        JsonElement? restore = properties.Prop("restorePolicy");
        JsonElement? feed = properties.Prop("changeFeed");
        return new AccountProtection(
            restore.Flag("enabled", otherwise: false) ? Days(restore.Number("days")) : null,
            feed.Flag("enabled", otherwise: false),
            Days(feed.Number("retentionInDays"))
        );
    }

    private static int? Days(long? days) => days is > 0 and <= MostDays ? (int)days : null;
}

/// <summary>Reads what accounts keep and copy; each account is asked once.</summary>
internal sealed class AccountProtections(ArmReader arm)
{
    private const string ApiVersion = "2023-01-01";

    private readonly ConcurrentDictionary<string, Lazy<Task<AccountProtection>>> _protections = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="DsrException">It cannot be read.</exception>
    public Task<AccountProtection> OfAsync(ArmId account, CancellationToken cancellationToken) =>
        _protections.GetOrAdd(account.Path, _ => new Lazy<Task<AccountProtection>>(() => ReadAsync(account, cancellationToken))).Value;

    /// <summary>The policies of object replication that an account has a part in.</summary>
    /// <exception cref="DsrException">They cannot be listed.</exception>
    public async Task<IReadOnlyList<JsonElement>> ReplicationsOfAsync(ArmId account, CancellationToken cancellationToken)
    {
        List<JsonElement> policies = [];
        var call = new ArmCall(
            $"{account.Path}/objectReplicationPolicies",
            ApiVersion,
            $"the object replication policies of storage account {account.Name}"
        );
        await foreach (JsonElement policy in arm.ListAsync(call, cancellationToken))
            policies.Add(policy);
        return policies;
    }

    private async Task<AccountProtection> ReadAsync(ArmId account, CancellationToken cancellationToken)
    {
        var call = new ArmCall($"{account.Path}/blobServices/default", ApiVersion, $"the blob service of storage account {account.Name}");
        return AccountProtection.Read(await arm.GetAsync(call, cancellationToken));
    }
}
