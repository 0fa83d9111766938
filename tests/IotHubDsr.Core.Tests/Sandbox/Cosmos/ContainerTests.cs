using System.Net;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;
using static IotHubDsr.Core.Tests.Sandbox.Cosmos.CosmosSession;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>Keys of every form, unique values and times to live.</summary>
public sealed class ContainerTests
{
    public static TheoryData<string, string> Keys =>
        new()
        {
            { "{}", "[{}]" },
            { """{"pk":null}""", "[null]" },
            { """{"pk":""}""", "[\"\"]" },
            { """{"pk":"it's \"100%\" \\ ünï"}""", """["it's \"100%\" \\ ünï"]""" },
            { """{"pk":7.5}""", "[7.5]" },
            { """{"pk":true}""", "[true]" },
        };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Key_OfEveryForm_FindsItsDocumentAlone(string content, string header)
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer made = session.Make("keys", new(new(["/pk"])) { RangeCount = 3 });
        Container container = session.Open(made);
        foreach (string other in Keys.Select(row => (string)row[0]))
        {
            var document = JObject.Parse(other);
            document["id"] = "one";
            await container.CreateItemAsync(document);
        }

        PartitionKey key = JObject.Parse(content)["pk"] switch
        {
            null => PartitionKey.None,
            { Type: JTokenType.Null } => PartitionKey.Null,
            { Type: JTokenType.Float } number => new PartitionKey(number.Value<double>()),
            { Type: JTokenType.Boolean } truth => new PartitionKey(truth.Value<bool>()),
            var text => new PartitionKey(text.Value<string>()),
        };
        await container.DeleteItemAsync<JObject>("one", key);

        Assert.Equal(Keys.Count - 1, made.Documents.Count());
        Assert.DoesNotContain(made.Documents, document => document.Key.Text == PartitionKeyValue.Parse(header)!.Text);
    }

    [Fact]
    public async Task UniqueKey_HoldsWithinAPartition_AndIsFreeAfterADeletion()
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Open(
            session.Make(
                "unique",
                new(new(["/pk"]))
                {
                    UniqueKeys =
                    [
                        ["/a/b", "/c"],
                    ],
                }
            )
        );

        Task<ItemResponse<JObject>> CreateAsync(string id, string key, int b) =>
            container.CreateItemAsync(
                new JObject
                {
                    ["id"] = id,
                    ["pk"] = key,
                    ["a"] = new JObject { ["b"] = b },
                },
                new PartitionKey(key)
            );
        await CreateAsync("one", "x", 1);
        await CreateAsync("two", "x", 2);
        await CreateAsync("one", "y", 1);
        await RefusedAsync(HttpStatusCode.Conflict, () => CreateAsync("three", "x", 1));
        await container.DeleteItemAsync<JObject>("one", new PartitionKey("x"));

        Assert.Equal(HttpStatusCode.Created, (await CreateAsync("three", "x", 1)).StatusCode);
    }

    [Fact]
    public async Task TimeToLive_EndsDocumentsByTheClockOfTheWorld()
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer made = session.Make("short", new(new(["/pk"])) { DefaultTimeToLive = 3600 });
        Container container = session.Open(made);
        foreach ((string id, int? ttl) in ((string, int?)[])[("default", null), ("longer", 7200), ("ever", -1)])
        {
            var document = new JObject { ["id"] = id, ["pk"] = "a" };
            if (ttl is not null)
                document["ttl"] = ttl;
            await container.CreateItemAsync(document, new PartitionKey("a"));
        }

        async Task<string> LeftAsync() =>
            string.Join(' ', (await AllAsync(container.GetItemQueryIterator<string>("SELECT VALUE c.id FROM c"))).Order());
        Assert.Equal("default ever longer", await LeftAsync());
        session.Sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("ever longer", await LeftAsync());
        await RefusedAsync(HttpStatusCode.NotFound, () => container.ReadItemAsync<JObject>("default", new PartitionKey("a")));
        session.Sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("ever", await LeftAsync());
        ItemResponse<JObject> again = await container.CreateItemAsync(
            new JObject { ["id"] = "default", ["pk"] = "a" },
            new PartitionKey("a")
        );
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task Container_MadeByAClient_SaysWhatItWasMadeWith()
    {
        await using CosmosSession session = await StartAsync();
        var properties = new ContainerProperties("made", (IReadOnlyList<string>)["/a", "/b"]) { DefaultTimeToLive = 60 };
        properties.UniqueKeyPolicy.UniqueKeys.Add(new UniqueKey { Paths = { "/mail" } });
        Database database = await session.Client(session.Account.Keys[0]).CreateDatabaseAsync("clients");

        await database.CreateContainerAsync(properties);
        ContainerProperties read = await database.GetContainer("made").ReadContainerAsync();

        Assert.Equal(["/a", "/b"], read.PartitionKeyPaths);
        Assert.Equal((60, "/mail"), (read.DefaultTimeToLive, read.UniqueKeyPolicy.UniqueKeys[0].Paths[0]));
        await database.GetContainer("made").DeleteContainerAsync();
        await RefusedAsync(HttpStatusCode.NotFound, () => database.GetContainer("made").ReadContainerAsync());
    }

    [Fact]
    public async Task Documents_OfALargeContainer_AreReadOnceEach()
    {
        await using CosmosSession session = await StartAsync(new SandboxOptions { HasData = false });
        using HttpResponseMessage made = await session.Sandbox.ControlAsync(
            "PUT",
            "documents/contoso-cosmos/tests/large",
            System.Text.Json.Nodes.JsonNode.Parse("""{"partitionKeyPaths":["/pk"],"ranges":4}""")
        );
        using HttpResponseMessage filled = await session.Sandbox.ControlAsync(
            "POST",
            "documents/contoso-cosmos/tests/large/generated",
            System.Text.Json.Nodes.JsonNode.Parse("""{"count":5000,"devices":["dev1","dev10","it's"]}""")
        );
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (made.StatusCode, filled.StatusCode));
        Container container = session.Client().GetContainer("tests", "large");

        List<string> ids = await AllAsync(
            container.GetItemQueryIterator<string>(
                new QueryDefinition(
                    "SELECT VALUE c.id FROM c WHERE c.SystemProperties[\"iothub-connection-device-id\"] = @d"
                ).WithParameter("@d", "dev1")
            )
        );

        Assert.Equal((1667, 1667), (ids.Count, ids.Distinct().Count()));
    }
}
