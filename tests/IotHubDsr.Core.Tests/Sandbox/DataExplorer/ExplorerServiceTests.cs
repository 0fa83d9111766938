using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.DataExplorer;

/// <summary>The simulated Data Explorer: what Resource Manager shows, queries in frames, and purges in two steps.</summary>
public sealed class ExplorerServiceTests
{
    private const string Query = "Telemetry | where DeviceId == 'dev1' | summarize Rows = count() by DeviceId";
    private const string Purge = ".purge table Telemetry records in database iot <| where DeviceId in ('dev1')";

    [Fact]
    public async Task Arm_ShowsClustersWithTheirDatabasesAndConnections()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();
        string cluster = session.Server.World.Explorer.Clusters[0].ResourceId;

        JsonNode found = await ArmAsync(session, cluster);
        JsonNode databases = await ArmAsync(session, $"{cluster}/databases");
        JsonNode connections = await ArmAsync(session, $"{cluster}/databases/iot/dataConnections");

        Assert.Equal("https://ingest-contosoadx.westeurope.kusto.windows.net", (string)found["properties"]!["dataIngestionUri"]!);
        Assert.Equal("contosoadx/iot", (string)Assert.Single(databases["value"]!.AsArray())!["name"]!);
        JsonNode connection = connections["value"]!.AsArray().Single(one => (string)one!["kind"]! == "IotHub")!;
        Assert.Equal("contosoadx/iot/hub-telemetry", (string)connection["name"]!);
        Assert.Equal(session.Descriptor.HubResourceId, (string)connection["properties"]!["iotHubResourceId"]!);
    }

    [Fact]
    public async Task Query_IsAnsweredInFrames()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();

        JsonArray frames = (await AskAsync(session, "v2/rest/query", Query)).AsArray();

        JsonNode primary = frames.Single(frame => (string?)frame!["TableKind"] == "PrimaryResult")!;
        Assert.Equal(["DeviceId", "Rows"], primary["Columns"]!.AsArray().Select(column => (string)column!["ColumnName"]!));
        Assert.Equal(session.Server.World.Truth.Explorer[0].Devices["dev1"], (int)primary["Rows"]![0]![1]!);
        Assert.False((bool)frames[^1]!["HasErrors"]!);
    }

    [Theory]
    [InlineData(true, "80DA0007")]
    [InlineData(false, "E_QUERY_RESULT_SET_TOO_LARGE")]
    public async Task Query_ThatIsCutShort_HasAFailureAmongItsRows(bool isFault, string text)
    {
        await using SandboxSession session = await SandboxSession.StartAsync();
        ExplorerCluster cluster = session.Server.World.Explorer.Clusters[0];
        if (isFault)
            session.Server.Faults.Add(new FaultRule { Service = "explorer", Partial = true });
        else
            cluster.Options = cluster.Options with { MostRows = 3 };

        JsonArray frames = (await AskAsync(session, "v2/rest/query", "Telemetry")).AsArray();

        JsonNode primary = frames.Single(frame => (string?)frame!["TableKind"] == "PrimaryResult")!;
        JsonObject failure = Assert.IsType<JsonObject>(primary["Rows"]!.AsArray()[^1]);
        Assert.Contains(text, (string)failure["OneApiErrors"]![0]!["error"]!["@message"]!, StringComparison.Ordinal);
        Assert.True((bool)frames[^1]!["HasErrors"]!);
    }

    [Fact]
    public async Task Commands_ShowSchemaAndMappings()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();

        JsonNode mappings = await AskAsync(session, "v1/rest/mgmt", ".show table ['Telemetry'] ingestion mappings");
        JsonNode schema = await AskAsync(session, "v1/rest/mgmt", ".show table [\"Telemetry\"] schema as json");

        JsonArray elements = JsonNode.Parse((string)mappings["Tables"]![0]!["Rows"]![0]![2]!)!.AsArray();
        Assert.Equal("$['iothub-connection-device-id']", (string)elements[0]!["Properties"]!["Path"]!);
        JsonNode columns = JsonNode.Parse((string)schema["Tables"]![0]!["Rows"]![0]![1]!)!["OrderedColumns"]!;
        Assert.Equal(("DeviceId", "string"), ((string)columns[0]!["Name"]!, (string)columns[0]!["CslType"]!));
    }

    [Fact]
    public async Task Purge_TakesTheTokenOfItsFirstStep_AndHidesItsRowsWhenItIsCompleted()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();
        int seeded = session.Server.World.Truth.Explorer[0].Devices["dev1"];

        JsonNode first = (await IngestAsync(session, Purge))["Tables"]![0]!["Rows"]![0]!;
        string with = $"with (verificationtoken=h'{first[2]}') <|";
        using HttpResponseMessage other = await SendAsync(
            session,
            "ingest-",
            "v1/rest/mgmt",
            Purge.Replace("<|", with, StringComparison.Ordinal).Replace("dev1", "dev10", StringComparison.Ordinal)
        );
        JsonNode second = (await IngestAsync(session, Purge.Replace("<|", with, StringComparison.Ordinal)))["Tables"]![0]!["Rows"]![0]!;

        Assert.Equal(seeded, (int)first[0]!);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.Equal("Scheduled", (string)second[7]!);
        Assert.Equal(seeded, await CountAsync(session));
        session.Server.World.Clock.Advance(TimeSpan.FromHours(7));
        JsonNode shown = (await IngestAsync(session, $".show purges {second[0]}"))["Tables"]![0]!["Rows"]![0]!;
        Assert.Equal("Completed", (string)shown[7]!);
        Assert.Equal(0, await CountAsync(session));
        Assert.Equal(1, session.Server.RequestLog.After(0).Count(request => request is { Service: "explorer", Mutating: true }));
    }

    [Theory]
    [InlineData("", "data management endpoint")]
    [InlineData("ingest-", "disabled")]
    public async Task Purge_IsRefused_WhereItIsNotTaken(string endpoint, string reason)
    {
        await using SandboxSession session = await SandboxSession.StartAsync();
        ExplorerCluster cluster = session.Server.World.Explorer.Clusters[0];
        cluster.Options = cluster.Options with { PurgeEnabled = endpoint.Length == 0 };

        using HttpResponseMessage refused = await SendAsync(session, endpoint, "v1/rest/mgmt", Purge);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        JsonNode error = (await SandboxSession.JsonOf(refused))["error"]!;
        Assert.Contains(reason, (string)error["@message"]!, StringComparison.Ordinal);
        Assert.True((bool)error["@permanent"]!);
    }

    [Fact]
    public async Task Roles_AreThoseOfTheDatabase()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();
        ExplorerCluster cluster = session.Server.World.Explorer.Clusters[0];

        cluster.Options = cluster.Options with { Role = ExplorerRole.Viewer };
        using HttpResponseMessage read = await SendAsync(session, "", "v2/rest/query", Query);
        using HttpResponseMessage purge = await SendAsync(session, "ingest-", "v1/rest/mgmt", Purge);
        cluster.Options = cluster.Options with { Role = ExplorerRole.None };
        using HttpResponseMessage refused = await SendAsync(session, "", "v2/rest/query", Query);

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden],
            new[] { read, purge, refused }.Select(answer => answer.StatusCode)
        );
    }

    [Fact]
    public async Task Query_ThatMakesNoSense_IsRefusedInTheServicesShape()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();

        using HttpResponseMessage refused = await SendAsync(session, "", "v2/rest/query", "Nowhere | count");

        JsonNode error = (await SandboxSession.JsonOf(refused))["error"]!;
        Assert.Equal("BadRequest_SemanticError", (string)error["code"]!);
        Assert.Contains("SEM0100", (string)error["@message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telemetry_OfTheRoutedEventHub_ComesIntoTheTableOfItsConnection()
    {
        await using SandboxSession session = await SandboxSession.StartAsync();
        var message = new RoutedMessage(
            session.Server.World.Clock.GetUtcNow(),
            "it's",
            "637",
            Encoding.UTF8.GetBytes("""{"temperature":21.5,"DeviceId":"dev1"}""")
        )
        {
            IsJson = true,
        };

        session.Server.World.Events.Accept([message], share: 1);

        JsonArray frames = (await AskAsync(session, "v2/rest/query", "Readings | project DeviceId, GenerationId, Temperature")).AsArray();
        JsonNode row = Assert.Single(frames.Single(frame => (string?)frame!["TableKind"] == "PrimaryResult")!["Rows"]!.AsArray())!;
        Assert.Equal("""["it's","637",21.5]""", row.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal));
    }

    private static async Task<JsonNode> ArmAsync(SandboxSession session, string path)
    {
        using HttpResponseMessage answer = await session.ArmAsync("GET", $"{path}?api-version=2024-04-13");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await SandboxSession.JsonOf(answer);
    }

    private static async Task<int> CountAsync(SandboxSession session)
    {
        JsonArray frames = (await AskAsync(session, "v2/rest/query", "Telemetry | where DeviceId == 'dev1' | count")).AsArray();
        return (int)frames.Single(frame => (string?)frame!["TableKind"] == "PrimaryResult")!["Rows"]![0]![0]!;
    }

    private static Task<JsonNode> IngestAsync(SandboxSession session, string command) =>
        AskAsync(session, "v1/rest/mgmt", command, "ingest-");

    private static async Task<JsonNode> AskAsync(SandboxSession session, string path, string text, string endpoint = "")
    {
        using HttpResponseMessage answer = await SendAsync(session, endpoint, path, text);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await SandboxSession.JsonOf(answer);
    }

    private static Task<HttpResponseMessage> SendAsync(SandboxSession session, string endpoint, string path, string text)
    {
        string host = session.Server.World.Explorer.Clusters[0].Host;
        return session.SendAsync(
            "POST",
            $"https://{endpoint}{host}/{path}",
            session.Bearer($"https://{host}"),
            new JsonObject { ["db"] = "iot", ["csl"] = text }
        );
    }
}
