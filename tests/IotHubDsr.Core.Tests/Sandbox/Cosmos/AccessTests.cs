using System.Net;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.World;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;
using static IotHubDsr.Core.Tests.Sandbox.Cosmos.CosmosSession;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>Who may do what with documents: keys, tokens and the roles of the data plane.</summary>
public sealed class AccessTests
{
    private const string Prefix = "Microsoft.DocumentDB/databaseAccounts/";
    private const string Items = $"{Prefix}sqlDatabases/containers/items/";

    [Fact]
    public async Task Token_IsAskedForOfTheAccount_AndServed()
    {
        await using CosmosSession session = await StartAsync();

        await session.Make("tests").CreateItemAsync(new JObject { ["id"] = "one", ["pk"] = "a" });

        Assert.Contains($"https://{WorldNames.CosmosAccount}.documents.azure.com/.default", session.Credential.Scopes);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public async Task Key_MayWriteOrReadAlone(int index, bool mayWrite)
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer made = session.Make("tests", new(new(["/pk"])));
        byte[] key = session.Account.Keys.Concat(session.Account.ReadOnlyKeys).ElementAt(index);
        Container container = session.Open(made, key);

        Task<ItemResponse<JObject>> CreateAsync() =>
            container.CreateItemAsync(new JObject { ["id"] = "ünï 100%", ["pk"] = "a" }, new PartitionKey("a"));
        if (mayWrite)
            Assert.Equal(HttpStatusCode.Created, (await CreateAsync()).StatusCode);
        else
            await RefusedAsync(HttpStatusCode.Forbidden, CreateAsync);

        Assert.Equal(mayWrite ? 1 : 0, (await AllAsync(container.GetItemQueryIterator<JObject>("SELECT * FROM c"))).Count);
    }

    [Fact]
    public async Task Key_OfNobody_IsRefused_AndEveryKeyWhereKeysAreNotAllowed()
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer made = session.Make("tests", new(new(["/pk"])));

        await RefusedAsync(HttpStatusCode.Unauthorized, () => session.Open(made, new byte[64]).ReadContainerAsync());
        session.Account.Options = session.Account.Options with { AllowsKeys = false };
        CosmosException refusal = await RefusedAsync(HttpStatusCode.Unauthorized, () =>
            session.Open(made, session.Account.Keys[0]).ReadContainerAsync()
        );

        Assert.Equal(5202, refusal.SubStatusCode);
        Assert.Equal(HttpStatusCode.OK, (await session.Open(made).ReadContainerAsync()).StatusCode);
    }

    [Fact]
    public async Task Signature_OfAnotherRequestOrOfLongAgo_IsRefused()
    {
        await using CosmosSession session = await StartAsync();
        session.Make("tests", new(new(["/pk"])));

        using HttpResponseMessage other = await session.SendAsync("GET", "/dbs/tests/colls/tests", "colls", "dbs/tests/colls/other", null);
        using HttpResponseMessage none = await session.Sandbox.SendAsync("GET", $"{Endpoint}dbs", null);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (other.StatusCode, none.StatusCode));
        Assert.Equal("Unauthorized", (string?)(await SandboxSession.JsonOf(none))["code"]);
    }

    [Fact]
    public async Task ExpiredToken_AndTokenForAnotherService_AreRefused()
    {
        await using CosmosSession session = await StartAsync();
        Task<HttpResponseMessage> GetAsync(string token) =>
            session.SendAsync("GET", "/dbs", "dbs", "", null, ("authorization", Uri.EscapeDataString($"type=aad&ver=1.0&sig={token}")));

        using HttpResponseMessage wrong = await GetAsync(session.Sandbox.Server.Tokens.Issue("https://storage.azure.com"));
        session.Sandbox.Server.Tokens.Lifetime = TimeSpan.FromSeconds(-1);
        using HttpResponseMessage expired = await GetAsync(session.Sandbox.Server.Tokens.Issue("https://cosmos.azure.com"));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (wrong.StatusCode, expired.StatusCode));
        Assert.Equal(("5008", "5006"), (HeaderOf(wrong, "x-ms-substatus"), HeaderOf(expired, "x-ms-substatus")));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("/dbs/tests/colls/tests", true)]
    [InlineData("/dbs/tests/colls/other", false)]
    public async Task Role_AtTheContainerOrAbove_AllowsWhatItSays_AndNothingElse(string scope, bool isAllowed)
    {
        await using CosmosSession session = await StartAsync();
        CosmosContainer made = session.Make("tests", new(new(["/pk"])));
        Container container = session.Open(made);
        await container.CreateItemAsync(new JObject { ["id"] = "one", ["pk"] = "a" }, new PartitionKey("a"));
        Assign(session, scope, $"{Prefix}readMetadata", $"{Items}read", $"{Prefix}sqlDatabases/containers/executeQuery");

        Task QueryAsync() => AllAsync(container.GetItemQueryIterator<JObject>("SELECT * FROM c"));
        Task ReadAsync() => container.ReadItemAsync<JObject>("one", new PartitionKey("a"));
        Task DeleteAsync() => container.DeleteItemAsync<JObject>("one", new PartitionKey("a"));
        if (isAllowed)
        {
            await QueryAsync();
            await ReadAsync();
        }
        else
        {
            await RefusedAsync(HttpStatusCode.Forbidden, QueryAsync);
            await RefusedAsync(HttpStatusCode.Forbidden, ReadAsync);
        }

        CosmosException refusal = await RefusedAsync(HttpStatusCode.Forbidden, DeleteAsync);
        Assert.Contains($"[{Items}delete]", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5302, refusal.SubStatusCode);
        Assert.Single(made.Documents);
    }

    [Fact]
    public async Task Role_OfTheSubscription_SaysNothingOfDocuments()
    {
        await using CosmosSession session = await StartAsync();
        Container container = session.Make("tests");
        session.Sandbox.Server.Access.Assignments =
        [
            new(
                session.Sandbox.Server.World.Names.Subscription,
                new RoleDefinition
                {
                    Name = "Owner",
                    Actions = ["*"],
                    DataActions = ["*"],
                }
            ),
        ];

        await RefusedAsync(HttpStatusCode.Forbidden, () => container.ReadContainerAsync());
    }

    [Fact]
    public async Task Denied_Container_IsForbidden_AndAnotherIsNot()
    {
        await using CosmosSession session = await StartAsync();
        Container denied = session.Make("tests");
        Container other = session.Make("tests2");
        session.Sandbox.Server.Access.Denied = [$"cosmos:{WorldNames.CosmosAccount}/tests/tests"];

        await RefusedAsync(HttpStatusCode.Forbidden, () => denied.ReadContainerAsync());
        Assert.Equal(HttpStatusCode.OK, (await other.ReadContainerAsync()).StatusCode);
    }

    [Fact]
    public async Task Roles_AreListedByResourceManager()
    {
        await using CosmosSession session = await StartAsync();
        string id = session.Sandbox.Server.World.Names.CosmosId(WorldNames.CosmosAccount);
        string reader = $"{id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001";

        async Task<JsonArray> ListAsync(string type)
        {
            using HttpResponseMessage response = await session.Sandbox.ArmAsync("GET", $"{id}/{type}?api-version=2024-11-15");
            return (await SandboxSession.JsonOf(response))["value"]!.AsArray();
        }

        JsonNode everything = Assert.Single(await ListAsync("sqlRoleAssignments"))!;
        Assert.Equal(id, (string?)everything["properties"]!["scope"]);
        Assert.Contains(await ListAsync("sqlRoleDefinitions"), role => (string?)role!["id"] == reader);
        Assign(session, "/dbs/tests", $"{Items}read");
        // What Resource Manager shows takes a role of its own.
        session.Sandbox.Server.Access.Assignments =
        [
            .. session.Sandbox.Server.Access.Assignments!,
            new(session.Sandbox.Server.World.Names.Subscription, new RoleDefinition { Name = "Reader", Actions = ["*/read"] }),
        ];
        JsonNode assigned = Assert.Single(await ListAsync("sqlRoleAssignments"))!;
        Assert.Equal($"{id}/dbs/tests", (string?)assigned["properties"]!["scope"]);
        Assert.Contains(await ListAsync("sqlRoleDefinitions"), role =>
            (string?)role!["id"] == (string?)assigned["properties"]!["roleDefinitionId"]
        );
    }

    private static void Assign(CosmosSession session, string scope, params string[] actions) =>
        session.Sandbox.Server.Access.Assignments = [
            new(
                session.Sandbox.Server.World.Names.CosmosId(WorldNames.CosmosAccount) + scope,
                new RoleDefinition { Name = "Some", DataActions = actions }
            ),
        ];
}
