using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>What a client reads of an account before anything else.</summary>
internal static class AccountDocument
{
    // Clients compile queries by these limits; without them they refuse every query.
    private static readonly string s_queryEngine = new JsonObject
    {
        ["maxSqlQueryInputLength"] = 262144,
        ["maxJoinsPerSqlQuery"] = 5,
        ["maxLogicalAndPerSqlQuery"] = 500,
        ["maxLogicalOrPerSqlQuery"] = 500,
        ["maxUdfRefPerSqlQuery"] = 10,
        ["maxInExpressionItemsCount"] = 16000,
        ["queryMaxGroupByTableCellCount"] = 500000,
        ["queryMaxInMemorySortDocumentCount"] = 500,
        ["maxQueryRequestTimeoutFraction"] = 0.9,
        ["sqlAllowNonFiniteNumbers"] = false,
        ["sqlAllowAggregateFunctions"] = true,
        ["sqlAllowSubQuery"] = true,
        ["sqlAllowScalarSubQuery"] = true,
        ["allowNewKeywords"] = true,
        ["sqlAllowLike"] = true,
        ["sqlAllowGroupByClause"] = true,
        ["maxSpatialQueryCells"] = 12,
        ["spatialMaxGeometryPointCount"] = 256,
        ["sqlDisableOptimizationFlags"] = 0,
        ["enableSpatialIndexing"] = true,
    }.ToJsonString();

    public static JsonObject Of(CosmosAccount account)
    {
        JsonArray Locations() =>
            [
                new JsonObject
                {
                    ["name"] = "West Europe",
                    ["databaseAccountEndpoint"] = $"https://{account.Name}-{WorldNames.Location}{HostDirectory.CosmosSuffix}:443/",
                },
            ];
        JsonObject Policy(string name, int value) => new() { [name] = value };
        return new JsonObject
        {
            ["_self"] = "",
            ["id"] = account.Name,
            ["_rid"] = account.Name + HostDirectory.CosmosSuffix,
            ["media"] = "//media/",
            ["addresses"] = "//addresses/",
            ["_dbs"] = "//dbs/",
            ["writableLocations"] = Locations(),
            ["readableLocations"] = Locations(),
            ["enableMultipleWriteLocations"] = false,
            ["continuousBackupEnabled"] = account.Options.ContinuousBackupDays > 0,
            ["userReplicationPolicy"] = new JsonObject
            {
                ["asyncReplication"] = false,
                ["minReplicaSetSize"] = 3,
                ["maxReplicasetSize"] = 4,
            },
            ["userConsistencyPolicy"] = new JsonObject { ["defaultConsistencyLevel"] = "Session" },
            ["systemReplicationPolicy"] = new JsonObject { ["minReplicaSetSize"] = 3, ["maxReplicasetSize"] = 4 },
            ["readPolicy"] = Policy("primaryReadCoefficient", 1),
            ["queryEngineConfiguration"] = s_queryEngine,
        };
    }
}
