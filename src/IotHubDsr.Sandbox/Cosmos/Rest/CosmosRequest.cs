using System.Text.Json;
using IotHubDsr.Sandbox.Cosmos.Documents;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>A request as the operations see it: read completely before any lock is taken.</summary>
internal sealed class CosmosRequest(string method, RequestTarget target, IHeaderDictionary headers, byte[] body)
{
    public const string PartitionKeyHeader = "x-ms-documentdb-partitionkey";
    public const string QueryHeader = "x-ms-documentdb-isquery";
    public const string QueryPlanHeader = "x-ms-cosmos-is-query-plan-request";

    // The first version that knows hierarchical partition keys.
    private const string FirstHierarchicalVersion = "2020-07-15";

    public string Method => method;

    public RequestTarget Target => target;

    public static bool IsQueryPlan(IHeaderDictionary headers) => IsTrue(headers, QueryPlanHeader);

    /// <summary>A query is posted as a document is; the header or, from some clients, the type of the content tells.</summary>
    public static bool IsQuery(IHeaderDictionary headers) =>
        IsTrue(headers, QueryHeader)
        || IsTrue(headers, "x-ms-documentdb-query")
        || headers.ContentType.ToString().StartsWith("application/query+json", StringComparison.OrdinalIgnoreCase);

    public bool IsForQueryPlan => IsQueryPlan(headers);

    public bool IsForQuery => IsQuery(headers);

    public bool WantsContent => !(Header("Prefer") ?? "").Contains("return=minimal", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when the header is absent or empty.</summary>
    public string? Header(string name) => headers[name].ToString() is { Length: > 0 } value ? value : null;

    public bool Flag(string name) => IsTrue(headers, name);

    public JsonElement Body()
    {
        try
        {
            JsonElement root = JsonDocument.Parse(body).RootElement;
            return root.ValueKind == JsonValueKind.Object ? root : throw Invalid();
        }
        catch (JsonException)
        {
            throw Invalid();
        }
    }

    public static string BodyText(JsonElement parsed, string property) =>
        parsed.TryGetProperty(property, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : throw CosmosErrors.Missing(property);

    /// <summary>The partition key that the request names; null when it names none.</summary>
    public PartitionKeyValue? PartitionKey(CosmosContainer container)
    {
        if (Header(PartitionKeyHeader) is not { } text)
            return null;

        PartitionKeyDefinition definition = container.Options.PartitionKey;
        RequireKnown(definition);
        PartitionKeyValue key = PartitionKeyValue.Parse(text) ?? throw CosmosErrors.HeaderValue(PartitionKeyHeader, text);
        return key.Components.Count <= definition.Paths.Count ? key : throw CosmosErrors.PartitionKeyMismatch;
    }

    /// <summary>The key of one document: all of it.</summary>
    public PartitionKeyValue WholePartitionKey(CosmosContainer container)
    {
        PartitionKeyValue key = PartitionKey(container) ?? throw CosmosErrors.PartitionKeyMissing;
        return key.Components.Count == container.Options.PartitionKey.Paths.Count ? key : throw CosmosErrors.PartitionKeyMismatch;
    }

    private void RequireKnown(PartitionKeyDefinition definition)
    {
        if (definition.IsHierarchical && string.CompareOrdinal(Header("x-ms-version"), FirstHierarchicalVersion) < 0)
        {
            throw CosmosErrors.BadRequest(
                $"The version of the request does not know hierarchical partition keys: they take '{FirstHierarchicalVersion}' or later."
            );
        }
    }

    private static bool IsTrue(IHeaderDictionary headers, string name) =>
        headers[name].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);

    private static CosmosException Invalid() =>
        CosmosErrors.BadRequest("The request payload is invalid. Ensure to provide a valid request payload.");
}
