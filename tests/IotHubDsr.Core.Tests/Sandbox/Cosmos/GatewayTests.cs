using System.Net;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
using IotHubDsr.Sandbox.Hosting;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;
using static IotHubDsr.Core.Tests.Sandbox.Cosmos.CosmosSession;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>The gateway on the wire, where a client hides what it does.</summary>
public sealed class GatewayTests
{
    private static readonly (string, string) AcrossPartitions = ("x-ms-documentdb-query-enablecrosspartition", "True");

    [Fact]
    public async Task Ranges_ByResourceId_AreToldOnceAndThenNotAgain()
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer container = Many(session, ranges: 3);
        string path = $"/dbs/{Uri.EscapeDataString(container.Database.Rid)}/colls/{Uri.EscapeDataString(container.Rid)}/pkranges";
        string resource = container.Rid.ToLowerInvariant();

        using HttpResponseMessage first = await session.SendAsync("GET", path, "pkranges", resource, null, ("A-IM", "Incremental feed"));
        JsonNode ranges = await SandboxSession.JsonOf(first);
        string tag = HeaderOf(first, "ETag")!;
        using HttpResponseMessage second = await session.SendAsync(
            "GET",
            path,
            "pkranges",
            resource,
            null,
            ("A-IM", "Incremental feed"),
            ("If-None-Match", tag)
        );

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (first.StatusCode, second.StatusCode));
        Assert.Equal(
            ["|15", "15|2A", "2A|FF"],
            ranges["PartitionKeyRanges"]!.AsArray().Select(range => $"{range!["minInclusive"]}|{range["maxExclusive"]}")
        );
    }

    [Fact]
    public async Task Page_WithoutANumber_HasAThousand_AndTheLastOneNoContinuation()
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer container = Many(session, ranges: 1);
        Plant(container, 1001);

        using HttpResponseMessage first = await session.QueryAsync(container, "SELECT c.id FROM c", AcrossPartitions);
        string continuation = HeaderOf(first, "x-ms-continuation")!;
        using HttpResponseMessage second = await session.QueryAsync(
            container,
            "SELECT c.id FROM c",
            AcrossPartitions,
            ("x-ms-continuation", continuation)
        );

        Assert.Equal(("1000", "1"), (HeaderOf(first, "x-ms-item-count"), HeaderOf(second, "x-ms-item-count")));
        Assert.IsType<JsonObject>(JsonNode.Parse(continuation));
        Assert.Null(HeaderOf(second, "x-ms-continuation"));
    }

    [Fact]
    public async Task Page_BehindWhichNothingMatches_HasAContinuationToAnEmptyOne()
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer container = Many(session, ranges: 1);
        Plant(container, 3);
        (string, string)[] headers = [AcrossPartitions, ("x-ms-max-item-count", "1")];
        const string Query = "SELECT c.id FROM c WHERE c.id = 'd0'";

        using HttpResponseMessage first = await session.QueryAsync(container, Query, headers);
        using HttpResponseMessage second = await session.QueryAsync(
            container,
            Query,
            [.. headers, ("x-ms-continuation", HeaderOf(first, "x-ms-continuation")!)]
        );

        Assert.Equal(("1", "0"), (HeaderOf(first, "x-ms-item-count"), HeaderOf(second, "x-ms-item-count")));
        Assert.Null(HeaderOf(second, "x-ms-continuation"));
    }

    [Fact]
    public async Task Pages_WhileDocumentsAreDeleted_MissNone()
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer container = Many(session, ranges: 3);
        Plant(container, 40);
        List<string> seen = [];
        string? continuation = null;
        do
        {
            (string, string)[] headers = [AcrossPartitions, ("x-ms-max-item-count", "3")];
            using HttpResponseMessage page = await session.QueryAsync(
                container,
                "SELECT VALUE c.id FROM c",
                continuation is null ? headers : [.. headers, ("x-ms-continuation", continuation)]
            );
            seen.AddRange((await SandboxSession.JsonOf(page))["Documents"]!.AsArray().Select(id => id!.GetValue<string>()));
            continuation = HeaderOf(page, "x-ms-continuation");
            lock (container.Gate)
            {
                foreach (StoredDocument document in container.Documents.Where(document => seen.Contains(document.Id)).ToList())
                    container.Remove(document);
            }
        } while (continuation is not null);

        Assert.Equal(40, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("SELECT VALUE COUNT(1) FROM c")]
    [InlineData("SELECT TOP 3 * FROM c")]
    [InlineData("SELECT * FROM c ORDER BY c.n")]
    [InlineData("SELECT * FROM c OFFSET 1 LIMIT 1")]
    [InlineData("SELECT DISTINCT VALUE c.pk FROM c")]
    [InlineData("SELECT c.pk FROM c GROUP BY c.pk")]
    public async Task Query_ThatNeedsMerging_IsNotServedAcrossPartitions(string query)
    {
        await using CosmosSession session = await StartAsync();

        using HttpResponseMessage refused = await session.QueryAsync(Many(session, ranges: 1), query, AcrossPartitions);

        Assert.Equal((HttpStatusCode.BadRequest, "1004"), (refused.StatusCode, HeaderOf(refused, "x-ms-substatus")));
        Assert.Equal("BadRequest", (string?)(await SandboxSession.JsonOf(refused))["code"]);
    }

    [Fact]
    public async Task Query_AcrossPartitionsWithoutThePermission_IsRefused()
    {
        await using CosmosSession session = await StartAsync();

        using HttpResponseMessage refused = await session.QueryAsync(Many(session, ranges: 1), "SELECT * FROM c");

        Assert.Equal((HttpStatusCode.BadRequest, "1004"), (refused.StatusCode, HeaderOf(refused, "x-ms-substatus")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[\"b\"]")]
    [InlineData("[{}]")]
    [InlineData("[\"a\",\"b\"]")]
    public async Task Create_WithAKeyThatIsNotTheDocuments_Is1001(string? key)
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer container = Many(session, ranges: 1);
        (string, string)[] headers = key is null ? [] : [("x-ms-documentdb-partitionkey", key)];

        using HttpResponseMessage refused = await session.SendAsync(
            "POST",
            "/dbs/tests/colls/many/docs",
            "docs",
            "dbs/tests/colls/many",
            """{"id":"one","pk":"a"}""",
            headers
        );

        Assert.Equal((HttpStatusCode.BadRequest, "1001"), (refused.StatusCode, HeaderOf(refused, "x-ms-substatus")));
        Assert.Empty(container.Documents);
    }

    [Fact]
    public async Task HierarchicalKey_IsRefusedToOldVersionsAndInPart()
    {
        await using CosmosSession session = await StartAsync();
        session.Make("deep", new(new PartitionKeyDefinition(["/a", "/b"])));
        const string Path = "/dbs/tests/colls/deep/docs/one";

        Task<HttpResponseMessage> GetAsync(params (string, string)[] headers) =>
            session.SendAsync("GET", Path, "docs", Path[1..], null, headers);
        using HttpResponseMessage old = await GetAsync(("x-ms-version", "2018-12-31"), ("x-ms-documentdb-partitionkey", "[1,2]"));
        using HttpResponseMessage part = await GetAsync(("x-ms-documentdb-partitionkey", "[1]"));
        using HttpResponseMessage whole = await GetAsync(("x-ms-documentdb-partitionkey", "[1,2]"));

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.NotFound),
            (old.StatusCode, part.StatusCode, whole.StatusCode)
        );
        Assert.Equal("1001", HeaderOf(part, "x-ms-substatus"));
    }

    [Fact]
    public async Task Throttling_IsToldInMillisecondsAlone_AndTheClientWaitsAndGoesOn()
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer made = Many(session, ranges: 1);
        Plant(made, 1);
        var fault = new FaultRule
        {
            Service = "cosmos",
            Method = "DELETE",
            Status = 429,
            RetryAfterMilliseconds = 5,
        };
        session.Sandbox.Server.Faults.Add(fault);
        session.Sandbox.Server.Faults.Add(fault);

        using HttpResponseMessage refused = await session.SendAsync("DELETE", "/dbs/tests/colls/many/docs/d0", "docs", "", null);
        ItemResponse<JObject> deleted = await session.Open(made).DeleteItemAsync<JObject>("d0", new PartitionKey("a"));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(("3200", "5"), (HeaderOf(refused, "x-ms-substatus"), HeaderOf(refused, "x-ms-retry-after-ms")));
        Assert.Null(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(
            [429, 429, 204],
            session.Sandbox.Server.RequestLog.After(0).Where(request => request.Method == "DELETE").Select(request => request.Status)
        );
    }

    [Fact]
    public async Task Log_TellsQueriesFromWhatChangesDocuments()
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Make("many", ranges: 2);
        await container.CreateItemAsync(new JObject { ["id"] = "one", ["pk"] = "a" }, new PartitionKey("a"));
        await AllAsync(container.GetItemQueryIterator<JObject>("SELECT * FROM c"));
        await container.DeleteItemAsync<JObject>("one", new PartitionKey("a"));

        IReadOnlyList<LoggedRequest> log = session.Sandbox.Server.RequestLog.After(0);

        Assert.All(log, request => Assert.Equal("cosmos", request.Service));
        Assert.Equal(
            ["POST 201", "DELETE 204"],
            log.Where(request => request.Mutating).Select(request => $"{request.Method} {request.Status}")
        );
        Assert.True(log.Count(request => request.Method == "POST") > 2);
    }

    [Theory]
    [InlineData("POST", "/dbs/tests/colls/many/sprocs")]
    [InlineData("GET", "/offers")]
    [InlineData("PATCH", "/dbs/tests/colls/many/docs/one")]
    [InlineData("PUT", "/dbs/tests/colls/many")]
    public async Task Operation_ThatIsNotSimulated_SaysSo(string method, string path)
    {
        await using CosmosSession session = await StartAsync();
        Many(session, ranges: 1);
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string resource = string.Join('/', parts[..^(parts.Length % 2)]);

        using HttpResponseMessage refused = await session.SendAsync(method, path, parts[^(2 - (parts.Length % 2))], resource, null);

        Assert.Equal(HttpStatusCode.NotImplemented, refused.StatusCode);
        Assert.StartsWith(
            "Not simulated by the sandbox: ",
            (string?)(await SandboxSession.JsonOf(refused))["message"]!,
            StringComparison.Ordinal
        );
    }

    private static CosmosContainer Many(CosmosSession session, int ranges) =>
        session.Make("many", new(new PartitionKeyDefinition(["/pk"])) { RangeCount = ranges });

    private static void Plant(CosmosContainer container, int count)
    {
        for (int n = 0; n < count; n++)
        {
            string key = n == 0 ? "a" : $"k{n % 17}";
            System.Text.Json.JsonElement content = System.Text.Json.JsonDocument.Parse($$"""{"id":"d{{n}}","pk":"{{key}}"}""").RootElement;
            lock (container.Gate)
                Assert.NotNull(container.Put(content, $"d{n}", container.Options.PartitionKey.ValueIn(content), null));
        }
    }
}
