using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>An account of Microsoft.DocumentDB as Resource Manager shows it, and its keys.</summary>
internal static class CosmosAccountResource
{
    public static JsonObject Describe(CosmosAccount account, WorldNames names)
    {
        CosmosAccountOptions options = account.Options;
        JsonArray Locations() =>
            [
                new JsonObject
                {
                    ["id"] = $"{account.Name}-{WorldNames.Location}",
                    ["locationName"] = "West Europe",
                    ["documentEndpoint"] = $"https://{account.Name}-{WorldNames.Location}{HostDirectory.CosmosSuffix}:443/",
                    ["provisioningState"] = "Succeeded",
                    ["failoverPriority"] = 0,
                    ["isZoneRedundant"] = false,
                },
            ];
        return new JsonObject
        {
            ["id"] = names.CosmosId(account.Name),
            ["name"] = account.Name,
            ["type"] = "Microsoft.DocumentDB/databaseAccounts",
            ["location"] = "West Europe",
            ["kind"] = "GlobalDocumentDB",
            ["tags"] = new JsonObject(),
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = "Succeeded",
                ["documentEndpoint"] = $"https://{account.Name}{HostDirectory.CosmosSuffix}:443/",
                ["sqlEndpoint"] = $"https://{account.Name}{HostDirectory.CosmosSuffix}:443/",
                ["publicNetworkAccess"] = "Enabled",
                ["enableAutomaticFailover"] = false,
                ["enableMultipleWriteLocations"] = false,
                ["disableLocalAuth"] = !options.AllowsKeys,
                ["enableAnalyticalStorage"] = options.HasAnalyticalStorage,
                ["analyticalStorageConfiguration"] = new JsonObject { ["schemaType"] = "WellDefined" },
                ["databaseAccountOfferType"] = "Standard",
                ["consistencyPolicy"] = new JsonObject { ["defaultConsistencyLevel"] = "Session" },
                ["capabilities"] = new JsonArray(),
                ["writeLocations"] = Locations(),
                ["readLocations"] = Locations(),
                ["locations"] = Locations(),
                ["backupPolicy"] = Backup(options),
            },
        };
    }

    public static JsonObject Keys(CosmosAccount account, bool withWriting)
    {
        var keys = new JsonObject();
        if (withWriting)
        {
            keys["primaryMasterKey"] = Convert.ToBase64String(account.Keys[0]);
            keys["secondaryMasterKey"] = Convert.ToBase64String(account.Keys[1]);
        }

        keys["primaryReadonlyMasterKey"] = Convert.ToBase64String(account.ReadOnlyKeys[0]);
        keys["secondaryReadonlyMasterKey"] = Convert.ToBase64String(account.ReadOnlyKeys[1]);
        return keys;
    }

    private static JsonObject Backup(CosmosAccountOptions options) =>
        options.ContinuousBackupDays > 0
            ? new JsonObject
            {
                ["type"] = "Continuous",
                ["continuousModeProperties"] = new JsonObject { ["tier"] = $"Continuous{options.ContinuousBackupDays}Days" },
            }
            : new JsonObject
            {
                ["type"] = "Periodic",
                ["periodicModeProperties"] = new JsonObject
                {
                    ["backupIntervalInMinutes"] = options.BackupIntervalMinutes,
                    ["backupRetentionIntervalInHours"] = options.BackupRetentionHours,
                    ["backupStorageRedundancy"] = "Geo",
                },
            };
}
