using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>Databases, containers and ranges as clients see them.</summary>
internal static class MetadataDocuments
{
    public static JsonObject Of(CosmosDatabase database) =>
        new()
        {
            ["id"] = database.Name,
            ["_rid"] = database.Rid,
            ["_self"] = $"dbs/{database.Rid}/",
            ["_etag"] = ETag(database.Timestamp),
            ["_colls"] = "colls/",
            ["_users"] = "users/",
            ["_ts"] = database.Timestamp,
        };

    public static JsonObject Of(CosmosContainer container)
    {
        CosmosContainerOptions options = container.Options;
        var described = new JsonObject
        {
            ["id"] = container.Name,
            ["indexingPolicy"] = new JsonObject
            {
                ["indexingMode"] = options.IndexingMode,
                ["automatic"] = true,
                ["includedPaths"] = new JsonArray(new JsonObject { ["path"] = "/*" }),
                ["excludedPaths"] = new JsonArray(new JsonObject { ["path"] = "/\"_etag\"/?" }),
            },
            ["partitionKey"] = Of(options.PartitionKey),
            ["uniqueKeyPolicy"] = UniqueKeys(options),
            ["conflictResolutionPolicy"] = new JsonObject
            {
                ["mode"] = "LastWriterWins",
                ["conflictResolutionPath"] = "/_ts",
                ["conflictResolutionProcedure"] = "",
            },
            ["geospatialConfig"] = new JsonObject { ["type"] = "Geography" },
            ["_rid"] = container.Rid,
            ["_ts"] = container.Timestamp,
            ["_self"] = container.Self,
            ["_etag"] = ETag(container.Timestamp),
            ["_docs"] = "docs/",
            ["_sprocs"] = "sprocs/",
            ["_triggers"] = "triggers/",
            ["_udfs"] = "udfs/",
            ["_conflicts"] = "conflicts/",
        };
        if (options.DefaultTimeToLive is { } seconds)
            described["defaultTtl"] = seconds;

        if (options.AnalyticalTimeToLive is { } analytical)
            described["analyticalStorageTtl"] = analytical;

        return described;
    }

    public static JsonObject Of(PartitionKeyDefinition definition) =>
        new()
        {
            ["paths"] = new JsonArray([.. definition.Paths.Select(path => (JsonNode)path)]),
            ["kind"] = definition.Kind,
            ["version"] = definition.Version,
        };

    public static JsonObject UniqueKeys(CosmosContainerOptions options) =>
        new()
        {
            ["uniqueKeys"] = new JsonArray([
                .. options.UniqueKeys.Select(paths =>
                    (JsonNode)new JsonObject { ["paths"] = new JsonArray([.. paths.Select(path => (JsonNode)path)]) }
                ),
            ]),
        };

    public static string ETag(long timestamp) =>
        string.Create(CultureInfo.InvariantCulture, $"\"00000000-0000-0d00-0000-{(uint)timestamp:x8}0000\"");

    public static JsonObject Of(PartitionKeyRange range, CosmosContainer container) =>
        new()
        {
            ["_rid"] = container.Rid,
            ["id"] = range.Id,
            ["_etag"] = ETag(container.Timestamp),
            ["minInclusive"] = range.Min,
            ["maxExclusive"] = range.Max,
            ["ridPrefix"] = 0,
            ["_self"] = $"{container.Self}pkranges/{range.Id}/",
            ["throughputFraction"] = 1.0 / container.Ranges.Count,
            ["status"] = "online",
            ["parents"] = new JsonArray(),
            ["_ts"] = container.Timestamp,
            ["lsn"] = container.SequenceNumber,
        };
}
