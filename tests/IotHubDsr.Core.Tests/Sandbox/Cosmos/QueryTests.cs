using System.Net;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;
using static IotHubDsr.Core.Tests.Sandbox.Cosmos.CosmosSession;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>Queries by Microsoft's client for .NET.</summary>
public sealed class QueryTests
{
    private const string ByDevice = "SELECT c.id, c.pk FROM c WHERE c.SystemProperties[\"iothub-connection-device-id\"] = @d";

    public static TheoryData<string> HostileIds =>
        ["it's", "100%", "a:b", "q?z", "x'=(y)!*", "p+q#r", "quote\"and\\slash", "007", "ünï", "{deviceid}", "\u0001"];

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Query_AcrossPartitions_FindsTheDevicesDocumentsAlone(int ranges)
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Make("many", ranges: ranges);
        await FillAsync(container, 120, "dev1", "Dev1", "dev10");

        List<JObject> found = await AllAsync(
            container.GetItemQueryIterator<JObject>(
                new QueryDefinition(ByDevice).WithParameter("@d", "dev1"),
                requestOptions: new QueryRequestOptions { MaxItemCount = 7 }
            )
        );

        Assert.Equal(Numbers(120).Where(n => n % 3 == 0).Select(n => $"d{n}"), found.Select(IdOf).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Query_OfOnePartition_FindsWhatIsInIt(int ranges)
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Make("many", ranges: ranges);
        await FillAsync(container, 60, "dev1");

        foreach (string key in Numbers(60).Select(KeyOf).Distinct())
        {
            List<JObject> found = await AllAsync(
                container.GetItemQueryIterator<JObject>(
                    "SELECT * FROM c",
                    requestOptions: new QueryRequestOptions { PartitionKey = new PartitionKey(key), MaxItemCount = 2 }
                )
            );
            Assert.Equal(Numbers(60).Where(n => KeyOf(n) == key).Select(n => $"d{n}"), found.Select(IdOf).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(HostileIds))]
    public async Task Query_WithTheIdAsParameter_TakesEveryId(string id)
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Make("hostile", ranges: 3);
        await FillAsync(container, 9, id, id + "0", "other");

        List<JObject> found = await AllAsync(
            container.GetItemQueryIterator<JObject>(new QueryDefinition(ByDevice).WithParameter("@d", id))
        );

        Assert.Equal(["d0", "d3", "d6"], found.Select(IdOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Query_ContinuedByAnotherClient_GoesOnWhereItStopped()
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer made = session.Make("many", new(new PartitionKeyDefinition(["/pk"])) { RangeCount = 3 });
        await FillAsync(session.Open(made), 90, "dev1");
        var options = new QueryRequestOptions { MaxItemCount = 4 };

        List<string> ids = [];
        string? continuation = null;
        do
        {
            using FeedIterator<JObject> pages = session.Open(made).GetItemQueryIterator<JObject>("SELECT * FROM c", continuation, options);
            FeedResponse<JObject> page = await pages.ReadNextAsync();
            ids.AddRange(page.Select(IdOf));
            continuation = page.ContinuationToken;
        } while (continuation is not null && ids.Count <= 200);

        Assert.Equal(Numbers(90).Select(n => $"d{n}"), ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Query_OfAPartOfAHierarchicalKey_FindsAllBelowIt()
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Open(
            session.Make("deep", new(new PartitionKeyDefinition(["/device", "/year", "/month"])) { RangeCount = 4 })
        );
        foreach (int n in Enumerable.Range(0, 48))
        {
            await container.CreateItemAsync(
                JObject.FromObject(
                    new
                    {
                        id = $"d{n}",
                        device = n % 2 == 0 ? "dev1" : "dev10",
                        year = n % 4 < 2 ? "2025" : "2026",
                        month = n % 6,
                    }
                )
            );
        }

        async Task<int> CountAsync(PartitionKey key) =>
            (
                await AllAsync(
                    container.GetItemQueryIterator<JObject>(
                        "SELECT c.id FROM c",
                        requestOptions: new QueryRequestOptions { PartitionKey = key, MaxItemCount = 5 }
                    )
                )
            ).Count;

        Assert.Equal(24, await CountAsync(new PartitionKeyBuilder().Add("dev1").Build()));
        Assert.Equal(12, await CountAsync(new PartitionKeyBuilder().Add("dev1").Add("2025").Build()));
        Assert.Equal(4, await CountAsync(new PartitionKeyBuilder().Add("dev1").Add("2025").Add(4).Build()));
    }

    [Fact]
    public async Task ReadFeed_WithoutAQuery_ReadsEveryDocument()
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Make("many", ranges: 4);
        await FillAsync(container, 50, "dev1");

        List<JObject> found = await AllAsync(
            container.GetItemQueryIterator<JObject>(requestOptions: new QueryRequestOptions { MaxItemCount = 3 })
        );

        Assert.Equal(Numbers(50).Select(n => $"d{n}"), found.Select(IdOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ReadMany_OfSeveralPartitions_ReadsWhatIsThere()
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Make("many", ranges: 4);
        await FillAsync(container, 30, "dev1");

        FeedResponse<JObject> found = await container.ReadManyItemsAsync<JObject>([
            .. ((int[])[1, 2, 12, 29, 77]).Select(n => ($"d{n}", new PartitionKey(KeyOf(n)))),
        ]);

        Assert.Equal(["d1", "d12", "d2", "d29"], found.Select(IdOf).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("SELECT * FROM c WHERE c.x LIKE 'a%'", HttpStatusCode.NotImplemented)]
    [InlineData("SELECT VALUE COUNT(1) FROM c", HttpStatusCode.NotImplemented)]
    [InlineData("SELECT * FROM c ORDER BY c.x", HttpStatusCode.NotImplemented)]
    [InlineData("SELECT * FORM c", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c WHERE c.x == 1", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c WHERE d.x = 1", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c WHERE NOSUCH(c.x)", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c WHERE c.x = @missing", HttpStatusCode.BadRequest)]
    public async Task Query_ThatIsNotKnown_IsRefused(string query, HttpStatusCode status)
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Make("many");

        CosmosException refusal = await RefusedAsync(status, () => AllAsync(container.GetItemQueryIterator<JObject>(query)));

        Assert.Matches(status == HttpStatusCode.BadRequest ? "SC[0-9]{4}" : "Not simulated by the sandbox", refusal.Message);
    }

    private static IEnumerable<int> Numbers(int count) => Enumerable.Range(0, count).OrderBy(n => $"d{n}", StringComparer.Ordinal);

    private static string KeyOf(int n) => $"key-{n % 11}";

    private static string IdOf(JObject document) => document.Value<string>("id")!;

    private static async Task FillAsync(Container container, int count, params string[] devices)
    {
        for (int n = 0; n < count; n++)
        {
            var document = new JObject
            {
                ["id"] = $"d{n}",
                ["pk"] = KeyOf(n),
                ["SystemProperties"] = new JObject { ["iothub-connection-device-id"] = devices[n % devices.Length] },
            };
            await container.CreateItemAsync(document, new PartitionKey(KeyOf(n)));
        }
    }
}
