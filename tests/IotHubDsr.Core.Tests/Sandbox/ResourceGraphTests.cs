using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>Azure Resource Graph, and what the module makes of its answers.</summary>
public sealed class ResourceGraphTests
{
    private const string Hubs = "Resources | where type =~ 'Microsoft.Devices/IotHubs' | project id, name | order by name asc";

    [Fact]
    public async Task Query_GivesResourcesWithTheirTypeInLowerCase()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();

        JsonNode answer = await AskAsync(session, "Resources | where type == 'microsoft.devices/iothubs' | project id, type, properties");

        Assert.Equal((2, 2, "false"), ((int)answer["totalRecords"]!, (int)answer["count"]!, (string)answer["resultTruncated"]!));
        Assert.Contains(answer["data"]!.AsArray(), row => (string)row!["id"]! == session.Descriptor.HubResourceId);
        Assert.All(answer["data"]!.AsArray(), row => Assert.NotNull(row!["properties"]!["hostName"]));
    }

    [Fact]
    public async Task Page_HasASkipTokenOnlyWhereTheIdIsGiven()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();

        JsonNode first = await AskAsync(session, Hubs, new JsonObject { ["$top"] = 1 });
        JsonNode second = await AskAsync(session, Hubs, new JsonObject { ["$top"] = 1, ["$skipToken"] = (string)first["$skipToken"]! });
        JsonNode lost = await AskAsync(session, Hubs.Replace("id, ", "", StringComparison.Ordinal), new JsonObject { ["$top"] = 1 });

        Assert.Equal(
            [WorldNames.HubName, WorldNames.NeighbourName],
            new[] { first, second }.Select(page => (string)page["data"]![0]!["name"]!)
        );
        Assert.Null(second["$skipToken"]);
        Assert.Equal((2, 1, "true"), ((int)lost["totalRecords"]!, (int)lost["count"]!, (string)lost["resultTruncated"]!));
        Assert.Null(lost["$skipToken"]);
    }

    [Fact]
    public async Task Query_ThatIsNone_IsRefused()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();

        using HttpResponseMessage refused = await SendAsync(session, "Resources | nonsense");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("ParserFailure", (string)(await SandboxSession.JsonOf(refused))["error"]!["code"]!);
    }

    [Fact]
    public async Task Resource_ThatMayNotBeRead_IsNotThere()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();
        session.Server.Access.Denied = [$"arm:{session.Server.World.Names.NeighbourId}"];

        JsonNode answer = await AskAsync(session, Hubs);
        session.Server.Access.Assignments = [new RoleAssignment("/subscriptions/x", new RoleDefinition { Actions = ["*"] })];
        using HttpResponseMessage refused = await SendAsync(session, Hubs);

        Assert.Equal(WorldNames.HubName, (string)Assert.Single(answer["data"]!.AsArray())!["name"]!);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Reader_ReadsAllPages_AndNeverTakesACutAnswerForAll()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();
        using AzureAccess access = SandboxAccess.Open(session.Server, new Wire());
        var graph = new IotHubDsr.Core.Topology.ResourceGraph(new ArmReader(access));
        string[] subscriptions = [session.Descriptor.SubscriptionId];
        session.Server.Graph.PageSize = 1;

        IReadOnlyList<JsonElement> rows = await graph.QueryAsync(Hubs, subscriptions, "the hubs", CancellationToken.None);
        DsrException cut = await Assert.ThrowsAsync<DsrException>(() =>
            graph.QueryAsync(Hubs.Replace("id, ", "", StringComparison.Ordinal), subscriptions, "the hubs", CancellationToken.None)
        );

        Assert.Equal([WorldNames.HubName, WorldNames.NeighbourName], rows.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(FaultCatalogue.ServiceFailed.Id, cut.Fault.Id);
    }

    private static async Task<JsonNode> AskAsync(SandboxSession session, string query, JsonObject? options = null)
    {
        using HttpResponseMessage answer = await SendAsync(session, query, options);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await SandboxSession.JsonOf(answer);
    }

    private static Task<HttpResponseMessage> SendAsync(SandboxSession session, string query, JsonObject? options = null) =>
        session.SendAsync(
            "POST",
            $"https://{session.Descriptor.ArmHost}/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01",
            session.Bearer(SandboxSession.ArmAudience),
            new JsonObject
            {
                ["subscriptions"] = new JsonArray(session.Descriptor.SubscriptionId),
                ["query"] = query,
                ["options"] = options,
            }
        );
}
