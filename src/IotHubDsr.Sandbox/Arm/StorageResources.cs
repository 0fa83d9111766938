using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.Storage: accounts, their blob service, and its containers, as the blob store has them at the moment.</summary>
internal sealed class StorageResources(WorldNames names, BlobStore blobs)
{
    public static readonly IReadOnlyList<string> Accounts =
    [
        WorldNames.PlainAccount,
        WorldNames.VersionedAccount,
        WorldNames.UploadAccount,
    ];

    public IReadOnlyList<JsonNode> List() => [.. Accounts.Select(Account)];

    /// <summary>A list says of a container that it is immutable or held, and nothing more: who wants to know more reads that one.</summary>
    public IReadOnlyList<JsonNode> Containers(string accountName)
    {
        BlobAccount account = blobs.GetOrAddAccount(accountName);
        IEnumerable<BlobContainer> listed = account.Containers.Where(container => !container.Name.StartsWith('$'));
        return [.. listed.Select(container => Container(account, container))];
    }

    public JsonObject Keys(string accountName)
    {
        BlobAccount account = blobs.GetOrAddAccount(accountName);
        IEnumerable<JsonNode> keys = account.Keys.Select(
            (key, index) =>
                (JsonNode)
                    new JsonObject
                    {
                        ["keyName"] = $"key{index + 1}",
                        ["value"] = Convert.ToBase64String(key),
                        ["permissions"] = "FULL",
                    }
        );
        return new JsonObject { ["keys"] = new JsonArray([.. keys]) };
    }

    public JsonNode? Find(ArmPath path)
    {
        if (
            path.Segments is not [_, _, _, var group, _, var provider, var type, var name, .. var rest]
            || !Same(group, WorldNames.DataGroup)
            || !Same(provider, "Microsoft.Storage")
            || !Same(type, "storageAccounts")
            || !Accounts.Contains(name.ToLowerInvariant())
            || !blobs.TryGetAccount(name.ToLowerInvariant(), out BlobAccount? account)
        )
        {
            return null;
        }

        return rest switch
        {
            [] => Account(account.Name),
            [var service, var only] when IsBlobService(service, only) => BlobService(account),
            [var service, var only, var containers, var container] when IsBlobService(service, only) && Same(containers, "containers") =>
                account.TryGetContainer(container, out BlobContainer? found) ? DetailedContainer(account, found) : null,
            _ => null,
        };
    }

    private static bool IsBlobService(string service, string name) => Same(service, "blobServices") && Same(name, "default");

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private JsonObject Account(string name) =>
        new()
        {
            ["id"] = names.StorageId(name),
            ["name"] = name,
            ["type"] = "Microsoft.Storage/storageAccounts",
            ["location"] = WorldNames.Location,
            ["kind"] = "StorageV2",
            ["sku"] = new JsonObject { ["name"] = "Standard_LRS", ["tier"] = "Standard" },
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = "Succeeded",
                ["isHnsEnabled"] = blobs.GetOrAddAccount(name).Options.HierarchicalNamespace,
                ["allowSharedKeyAccess"] = blobs.GetOrAddAccount(name).Options.AllowsSharedKey,
                ["primaryEndpoints"] = new JsonObject
                {
                    ["blob"] = $"https://{name}.blob.core.windows.net/",
                    ["queue"] = $"https://{name}.queue.core.windows.net/",
                },
                ["primaryLocation"] = WorldNames.Location,
            },
        };

    private JsonObject BlobService(BlobAccount account)
    {
        BlobAccountOptions options = account.Options;
        var retention = new JsonObject { ["enabled"] = options.KeepsDeleted };
        if (options.KeepsDeleted)
        {
            retention["days"] = options.SoftDeleteDays;
            retention["allowPermanentDelete"] = options.AllowPermanentDelete;
        }

        var containers = new JsonObject { ["enabled"] = options.ContainerSoftDeleteDays > 0 };
        if (options.ContainerSoftDeleteDays > 0)
            containers["days"] = options.ContainerSoftDeleteDays;

        return new JsonObject
        {
            ["id"] = $"{names.StorageId(account.Name)}/blobServices/default",
            ["name"] = "default",
            ["type"] = "Microsoft.Storage/storageAccounts/blobServices",
            ["properties"] = new JsonObject
            {
                ["isVersioningEnabled"] = options.KeepsVersions,
                ["changeFeed"] = ChangeFeed(options),
                ["restorePolicy"] = RestorePolicy(options),
                ["deleteRetentionPolicy"] = retention,
                ["containerDeleteRetentionPolicy"] = containers,
            },
        };
    }

    private static JsonObject ChangeFeed(BlobAccountOptions options)
    {
        var feed = new JsonObject { ["enabled"] = options.HasChangeFeed };
        if (options is { HasChangeFeed: true, ChangeFeedDays: > 0 })
            feed["retentionInDays"] = options.ChangeFeedDays;
        return feed;
    }

    private static JsonObject RestorePolicy(BlobAccountOptions options)
    {
        var restore = new JsonObject { ["enabled"] = options.RestoreDays > 0 };
        if (options.RestoreDays > 0)
            restore["days"] = options.RestoreDays;
        return restore;
    }

    /// <summary>The policies of object replication in which an account sends or receives.</summary>
    public IReadOnlyList<JsonNode> Replications(string accountName) =>
        [
            .. blobs
                .Replications.Where(rule => Same(rule.Source.Account.Name, accountName) || Same(rule.Destination.Account.Name, accountName))
                .GroupBy(static rule => rule.PolicyId)
                .Select(policy => new JsonObject
                {
                    ["id"] = $"{names.StorageId(accountName)}/objectReplicationPolicies/{policy.Key}",
                    ["name"] = policy.Key,
                    ["type"] = "Microsoft.Storage/storageAccounts/objectReplicationPolicies",
                    ["properties"] = new JsonObject
                    {
                        ["policyId"] = policy.Key,
                        ["enabledTime"] = StampClock.ToId(policy.First().Source.LastModified.UtcTicks),
                        ["sourceAccount"] = names.StorageId(policy.First().Source.Account.Name),
                        ["destinationAccount"] = names.StorageId(policy.First().Destination.Account.Name),
                        ["rules"] = new JsonArray([
                            .. policy.Select(static rule => new JsonObject
                            {
                                ["ruleId"] = rule.RuleId,
                                ["sourceContainer"] = rule.Source.Name,
                                ["destinationContainer"] = rule.Destination.Name,
                                ["filters"] = new JsonObject
                                {
                                    ["prefixMatch"] = new JsonArray([.. rule.Prefixes.Select(static prefix => JsonValue.Create(prefix))]),
                                    ["minCreationTime"] = "1601-01-01T00:00:00Z",
                                },
                            }),
                        ]),
                    },
                }),
        ];

    private JsonObject Container(BlobAccount account, BlobContainer container) =>
        new()
        {
            ["id"] = $"{names.StorageId(account.Name)}/blobServices/default/containers/{container.Name}",
            ["name"] = container.Name,
            ["type"] = "Microsoft.Storage/storageAccounts/blobServices/containers",
            ["etag"] = container.ETag,
            ["properties"] = new JsonObject
            {
                ["publicAccess"] = "None",
                ["lastModifiedTime"] = StampClock.ToId(container.LastModified.UtcTicks),
                ["leaseStatus"] = container.Lease.IsLockedAt(account.Clock.Now) ? "Locked" : "Unlocked",
                ["leaseState"] = container.Lease.StateAt(account.Clock.Now).ToString(),
                ["defaultEncryptionScope"] = "$account-encryption-key",
                ["denyEncryptionScopeOverride"] = false,
                ["hasImmutabilityPolicy"] = container.HasImmutabilityPolicy,
                ["hasLegalHold"] = container.HasLegalHold,
                ["immutableStorageWithVersioning"] = new JsonObject { ["enabled"] = false },
            },
        };

    private JsonObject DetailedContainer(BlobAccount account, BlobContainer container)
    {
        JsonObject described = Container(account, container);
        JsonObject properties = described["properties"]!.AsObject();
        if (container.Policy is { } policy)
        {
            properties["immutabilityPolicy"] = new JsonObject
            {
                ["etag"] = container.ETag,
                ["properties"] = new JsonObject
                {
                    ["immutabilityPeriodSinceCreationInDays"] = policy.Days,
                    ["state"] = policy.IsLocked ? "Locked" : "Unlocked",
                    ["allowProtectedAppendWrites"] = policy.AllowsAppends,
                },
            };
        }

        if (container.HasLegalHold)
        {
            IEnumerable<JsonNode> tags = container.LegalHolds.Select(tag =>
                (JsonNode)
                    new JsonObject
                    {
                        ["tag"] = tag,
                        ["timestamp"] = StampClock.ToId(container.LastModified.UtcTicks),
                        ["objectIdentifier"] = names.ClientId,
                        ["tenantId"] = names.TenantId,
                    }
            );
            properties["legalHold"] = new JsonObject { ["hasLegalHold"] = true, ["tags"] = new JsonArray([.. tags]) };
        }

        return described;
    }
}
