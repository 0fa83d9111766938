using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos.Documents;
using IotHubDsr.Sandbox.Cosmos.Query;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>Pages of a query or of a container's documents, and the plan by which a client asks its partitions one by one.</summary>
internal static class QueryOperations
{
    private const int LargestPage = 4 * 1024 * 1024;
    private const int LongestQuery = 262144;
    private const double QueryCharge = 2.31;
    private const double ItemCharge = 0.05;

    private static readonly SqlQuery s_everything = new(null, [], null);
    private static readonly JsonWriterOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All documents, without a query.</summary>
    public static CosmosResponse Feed(CosmosRequest request, CosmosContainer container, CosmosStore store)
    {
        if (request.Header("A-IM") is not null)
            throw CosmosErrors.NotSimulated("the change feed");

        return Page(request, container, store, QueryScope.Of(request, container), s_everything);
    }

    public static CosmosResponse Run(CosmosRequest request, CosmosContainer container, CosmosStore store)
    {
        var scope = QueryScope.Of(request, container);
        SqlQuery query = Parse(request, scope.IsAcrossPartitions);
        if (scope.IsAcrossPartitions && !request.Flag("x-ms-documentdb-query-enablecrosspartition"))
            throw CosmosErrors.CrossPartitionDisabled;

        return Page(request, container, store, scope, query);
    }

    /// <summary>A plan for a query that has nothing to merge: ask every partition for the same.</summary>
    public static CosmosResponse Plan(CosmosRequest request)
    {
        SqlQuery query = Parse(request, isAcrossPartitions: false);
        var info = new JsonObject
        {
            ["distinctType"] = "None",
            ["top"] = null,
            ["offset"] = null,
            ["limit"] = null,
            ["orderBy"] = new JsonArray(),
            ["orderByExpressions"] = new JsonArray(),
            ["groupByExpressions"] = new JsonArray(),
            ["groupByAliases"] = new JsonArray(),
            ["aggregates"] = new JsonArray(),
            ["groupByAliasToAggregateType"] = new JsonObject(),
            ["rewrittenQuery"] = "",
            ["hasSelectValue"] = query.Value is not null,
            ["dCountInfo"] = null,
            ["hasNonStreamingOrderBy"] = false,
        };
        var range = new JsonObject
        {
            ["min"] = PartitionKeyRange.First,
            ["max"] = PartitionKeyRange.Last,
            ["isMinInclusive"] = true,
            ["isMaxInclusive"] = false,
        };
        var plan = new JsonObject
        {
            ["partitionedQueryExecutionInfoVersion"] = 2,
            ["queryInfo"] = info,
            ["queryRanges"] = new JsonArray(range),
        };
        return CosmosResponse.Json(StatusCodes.Status200OK, plan).WithCharge(1);
    }

    private static SqlQuery Parse(CosmosRequest request, bool isAcrossPartitions)
    {
        JsonElement sent = request.Body();
        string text = CosmosRequest.BodyText(sent, "query");
        if (text.Length > LongestQuery)
            throw CosmosErrors.BadRequest("The query is too long.");

        try
        {
            return SqlParser.Parse(text, Parameters(sent));
        }
        catch (SqlRefusal refusal)
        {
            throw CosmosErrors.Of(refusal);
        }
        catch (SqlNotSimulated missing) when (missing.NeedsMerge && isAcrossPartitions)
        {
            throw CosmosErrors.CrossPartitionNotServable;
        }
        catch (SqlNotSimulated missing)
        {
            throw CosmosErrors.NotSimulated($"queries with {missing.Feature}");
        }
    }

    private static Dictionary<string, JsonElement> Parameters(JsonElement sent)
    {
        var parameters = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (!sent.TryGetProperty("parameters", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            return parameters;

        foreach (JsonElement parameter in list.EnumerateArray())
        {
            if (
                parameter.ValueKind != JsonValueKind.Object
                || !parameter.TryGetProperty("name", out JsonElement name)
                || name.ValueKind != JsonValueKind.String
                || name.GetString() is not ['@', _, ..] text
            )
            {
                throw CosmosErrors.BadRequest("The input content is invalid: a parameter has no name that starts with '@'.");
            }

            parameters[text] = parameter.TryGetProperty("value", out JsonElement value) ? value : default;
        }

        return parameters;
    }

    private static CosmosResponse Page(
        CosmosRequest request,
        CosmosContainer container,
        CosmosStore store,
        QueryScope scope,
        SqlQuery query
    )
    {
        var start = QueryContinuation.Read(request, container, scope);
        PageContent page = Fill(request, container, store, scope, query, start);
        var response = CosmosResponse.Write(StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("_rid", container.Rid);
            writer.WritePropertyName("Documents");
            writer.WriteRawValue(page.Documents.Span, skipInputValidation: true);
            writer.WriteNumber("_count", page.Count);
            writer.WriteEndObject();
        });
        return response
            .With(QueryContinuation.Header, page.Next?.Write(container, scope.IsAcrossPartitions))
            .With("x-ms-item-count", page.Count.ToString(CultureInfo.InvariantCulture))
            .WithSession(container, container.Ranges[start.Range].Id)
            .WithCharge(QueryCharge + (page.Count * ItemCharge));
    }

    /// <summary>
    /// A page is of one range: across several the gateway goes on with the next in the next page, whether anything was found or not. A full
    /// page has a continuation while there are documents behind it, whether they match or not.
    /// </summary>
    private static PageContent Fill(
        CosmosRequest request,
        CosmosContainer container,
        CosmosStore store,
        QueryScope scope,
        SqlQuery query,
        QueryContinuation start
    )
    {
        int most = Math.Min(PageSize(request), store.PageSizeCap);
        var documents = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(documents, s_unescaped);
        int count = 0;
        long last = start.Number;
        QueryContinuation? next = null;
        writer.WriteStartArray();
        foreach (
            StoredDocument document in Candidates(container, start, scope.Range is null && !scope.IsAcrossPartitions).Where(scope.Contains)
        )
        {
            if (count == most || writer.BytesCommitted + writer.BytesPending > LargestPage)
            {
                next = start with { Range = scope.IsAcrossPartitions ? start.Range : scope.Range ?? 0, Number = last };
                break;
            }

            last = document.Number;
            if (query.Matches(document.Content) && query.Write(writer, document.Content))
                count++;
        }

        writer.WriteEndArray();
        writer.Flush();
        if (next is null && scope.IsAcrossPartitions && start.Range + 1 < container.Ranges.Count)
            next = new(start.Range + 1, 0);

        return new(documents.WrittenMemory, count, next);
    }

    /// <summary>A logical partition is in one range; of a part of a hierarchical key, the documents may be in several.</summary>
    private static IEnumerable<StoredDocument> Candidates(CosmosContainer container, QueryContinuation start, bool isOfKey) =>
        isOfKey
            ? Enumerable
                .Range(0, container.Ranges.Count)
                .SelectMany(range => container.After(range, start.Number))
                .OrderBy(document => document.Number)
            : container.After(start.Range, start.Number);

    private static int PageSize(CosmosRequest request)
    {
        if (request.Header("x-ms-max-item-count") is not { } text)
            return CosmosStore.ServicePageSize;

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int size) || size is 0 or < -1)
            throw CosmosErrors.HeaderValue("x-ms-max-item-count", text);

        return size == -1 ? CosmosStore.ServicePageSize : size;
    }

    private sealed record PageContent(ReadOnlyMemory<byte> Documents, int Count, QueryContinuation? Next);
}
