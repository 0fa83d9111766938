using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>What the hub has routed to Cosmos DB in the seeded world, and what Resource Manager says of the account.</summary>
public sealed class CosmosWorldTests
{
    private const string Version = "api-version=2024-11-15";

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    public void Truth_OfDocuments_IsWhatAnIndependentReaderCounts(int seed, int scale)
    {
        SandboxWorld world = Build(seed, scale);
        DocumentTruth truth = Assert.Single(world.Truth.Documents);
        List<JsonElement> documents = Documents(world);

        Assert.Equal(truth.Documents, documents.Count);
        foreach (string device in world.Truth.Devices)
        {
            DeviceRecords expected = truth.Records.GetValueOrDefault(device, new(0, 0, 0));
            Assert.Equal(expected.Direct, documents.Count(document => SenderOf(document) == device));
            Assert.Equal(expected.Attributed, documents.Count(document => SenderOf(document) != device && LeafOf(document) == device));
        }
    }

    [Fact]
    public void Documents_HaveBothFormsOfTheId_AndAllThatMakesThemHardToFind()
    {
        List<JsonElement> documents = Documents(Build(1, 1));

        Assert.All(DeviceSeed.LookAlikes.Concat(DeviceSeed.Awkward), id =>
            Assert.Contains(documents, document => SenderOf(document) == id)
        );
        Assert.Contains(documents, document => System(document, "connectionDeviceId") is not null);
        Assert.Contains(documents, document => System(document, "iothub-connection-device-id") == "dev1");
        Assert.Contains(documents, document => System(document, "iothub-connection-module-id") == "tracker");
        Assert.Contains(documents, document => document.GetProperty("Body").ValueKind == JsonValueKind.String);
        Assert.Contains(documents, document =>
            SenderOf(document) == "th-001" && document.GetRawText().Contains("swapped dev", StringComparison.Ordinal)
        );
        Assert.Contains(documents, document => System(document, "iothub-content-type") == "application/json;charset=utf-8");
        Assert.All(documents, document => Assert.Equal(WorldNames.HubName, document.GetProperty("iothub-name").GetString()));
        // The hub promises to deliver once at least: one message is there twice.
        Assert.Equal(
            documents.Count - 1,
            documents
                .Select(document => $"{SenderOf(document)} {TimeOf(document)} {document.GetProperty("Body").GetRawText()}")
                .Distinct()
                .Count()
        );
    }

    [Fact]
    public void Documents_HaveTheKeyOfTheEndpointsTemplate_InSeveralMonths()
    {
        SandboxWorld world = Build(1, 1);
        List<JsonElement> documents = Documents(world);

        Assert.All(documents, document =>
            Assert.Equal($"{SenderOf(document)}-{TimeOf(document)[..7]}", document.GetProperty("pk").GetString())
        );
        Assert.True(
            documents
                .Where(document => SenderOf(document) == "dev1")
                .Select(document => document.GetProperty("pk").GetString())
                .Distinct()
                .Count() > 1
        );
    }

    [Fact]
    public void Worlds_OfOneSeedAndHour_HaveTheSameDocuments()
    {
        Assert.Equal(
            Documents(Build(3, 1)).Select(document => document.GetRawText()),
            Documents(Build(3, 1)).Select(document => document.GetRawText())
        );
        Assert.NotEqual(
            Documents(Build(3, 1)).Select(document => document.GetRawText()),
            Documents(Build(4, 1)).Select(document => document.GetRawText())
        );
    }

    [Fact]
    public async Task Endpoint_OfTheHubsConfiguration_IsTheOneThatIsWrittenTo()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        using HttpResponseMessage response = await sandbox.ArmAsync("GET", $"{sandbox.Descriptor.HubResourceId}?api-version=2023-06-30");
        JsonNode endpoint = Assert.Single(
            (await SandboxSession.JsonOf(response))["properties"]!["routing"]!["endpoints"]!["cosmosDBSqlContainers"]!.AsArray()
        )!;

        CosmosEndpoint written = CosmosEndpoint.Telemetry;
        Assert.Equal(
            $"{written.Name} https://{written.Account}.documents.azure.com:443/ {written.Database} {written.Container} "
                + $"{written.PartitionKeyName} {written.PartitionKeyTemplate}",
            string.Join(
                ' ',
                ((string[])["name", "endpointUri", "databaseName", "containerName", "partitionKeyName", "partitionKeyTemplate"]).Select(
                    name => (string?)endpoint[name]
                )
            )
        );
    }

    [Fact]
    public void Target_MakesADocumentOfAMessage_WithoutData_InAContainerThatIsThere()
    {
        SandboxWorld world = WorldBuilder.Build(new SandboxOptions { HasData = false });
        Assert.Empty(Documents(world));
        var target = new CosmosTarget(world.Cosmos, CosmosEndpoint.Telemetry);
        var time = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

        target.Accept(new RoutedMessage(time, "it's {YYYY}", "9", Encoding.UTF8.GetBytes("not json")) { Properties = [new("a", "b")] });

        JsonElement document = Assert.Single(Documents(world));
        Assert.Equal("telemetry-cosmos", target.Endpoint);
        Assert.Equal("it's {YYYY}-2026-03", document.GetProperty("pk").GetString());
        Assert.Equal("not json", Encoding.UTF8.GetString(document.GetProperty("Body").GetBytesFromBase64()));
        Assert.Equal(("it's {YYYY}", "2026-03-04T05:06:07.0000000Z"), (SenderOf(document), TimeOf(document)));
    }

    [Fact]
    public async Task Account_IsDescribedWithItsBackupAndItsStore_AsItIsAtTheMoment()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        string id = sandbox.Server.World.Names.CosmosId(WorldNames.CosmosAccount);
        CosmosAccount account = sandbox.Server.World.Cosmos.GetOrAddAccount(WorldNames.CosmosAccount);

        async Task<JsonNode> ReadAsync(string path)
        {
            using HttpResponseMessage response = await sandbox.ArmAsync("GET", $"{path}?{Version}");
            return (await SandboxSession.JsonOf(response))["properties"]!;
        }

        JsonNode continuous = await ReadAsync(id);
        account.Options = new CosmosAccountOptions(ContinuousBackupDays: 0, HasAnalyticalStorage: true, AllowsKeys: false);
        JsonNode periodic = await ReadAsync(id);
        account
            .GetOrAddDatabase("tests")
            .GetOrAddContainer(
                "a",
                new(new(["/x", "/y"]))
                {
                    DefaultTimeToLive = 5,
                    AnalyticalTimeToLive = -1,
                    UniqueKeys =
                    [
                        ["/u"],
                    ],
                }
            );
        JsonNode container = (await ReadAsync($"{id}/sqlDatabases/tests/containers/a"))["resource"]!;

        Assert.Equal("Continuous7Days", (string?)continuous["backupPolicy"]!["continuousModeProperties"]!["tier"]);
        Assert.Equal(
            ("Periodic", true, true),
            ((string?)periodic["backupPolicy"]!["type"], (bool?)periodic["disableLocalAuth"], (bool?)periodic["enableAnalyticalStorage"])
        );
        Assert.Equal(
            ("""["/x","/y"]""", "MultiHash", 5, -1, """[{"paths":["/u"]}]"""),
            (
                container["partitionKey"]!["paths"]!.ToJsonString(),
                (string?)container["partitionKey"]!["kind"],
                (int?)container["defaultTtl"],
                (int?)container["analyticalStorageTtl"],
                container["uniqueKeyPolicy"]!["uniqueKeys"]!.ToJsonString()
            )
        );
    }

    [Fact]
    public async Task Lists_HaveTheAccountItsDatabasesAndContainers_AndWhatIsMissingIsMissing()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        WorldNames world = sandbox.Server.World.Names;
        string id = world.CosmosId(WorldNames.CosmosAccount);

        async Task<string> StatusAsync(string path)
        {
            using HttpResponseMessage response = await sandbox.ArmAsync("GET", $"{path}?{Version}");
            JsonNode body = await SandboxSession.JsonOf(response);
            IEnumerable<string?> names = (body["value"] as JsonArray ?? []).Select(one => (string?)one!["name"]);
            return $"{(int)response.StatusCode} {string.Join(',', names)}";
        }

        Assert.Equal("200 contoso-cosmos", await StatusAsync($"{world.Subscription}/providers/Microsoft.DocumentDB/databaseAccounts"));
        Assert.Equal("200 iot", await StatusAsync($"{id}/sqlDatabases"));
        Assert.Equal("200 telemetry", await StatusAsync($"{id}/sqlDatabases/iot/containers"));
        Assert.Equal("404 ", await StatusAsync($"{id}/sqlDatabases/none"));
        Assert.Equal("404 ", await StatusAsync(world.CosmosId("none")));
        Assert.Equal("501 ", await StatusAsync($"{id}/mongodbDatabases"));
    }

    [Fact]
    public async Task Control_PlantsListsAndClearsDocuments()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        const string Place = "documents/contoso-cosmos/iot/telemetry";

        using HttpResponseMessage planted = await sandbox.ControlAsync("POST", Place, new JsonObject { ["id"] = "one", ["pk"] = "a" });
        using HttpResponseMessage listed = await sandbox.ControlAsync("GET", Place);
        using HttpResponseMessage cleared = await sandbox.ControlAsync("DELETE", Place);
        using HttpResponseMessage empty = await sandbox.ControlAsync("GET", Place);
        using HttpResponseMessage missing = await sandbox.ControlAsync("GET", Place + "2");

        Assert.Equal((204, 204, 400), ((int)planted.StatusCode, (int)cleared.StatusCode, (int)missing.StatusCode));
        Assert.Equal("one", (string?)Assert.Single((await SandboxSession.JsonOf(listed)).AsArray())!["id"]);
        Assert.Empty((await SandboxSession.JsonOf(empty)).AsArray());
    }

    private static SandboxWorld Build(int seed, int scale) =>
        WorldBuilder.Build(
            new SandboxOptions
            {
                Seed = seed,
                Scale = scale,
                Time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero)),
            }
        );

    private static List<JsonElement> Documents(SandboxWorld world)
    {
        Assert.True(world.Cosmos.TryGetAccount("contoso-cosmos", out CosmosAccount? account));
        Assert.True(account.TryGetDatabase("iot", out CosmosDatabase? database));
        Assert.True(database.TryGetContainer("telemetry", out CosmosContainer? container));
        return [.. container.Documents.Select(document => document.Content)];
    }

    private static string? SenderOf(JsonElement document) =>
        System(document, "iothub-connection-device-id") ?? System(document, "connectionDeviceId");

    private static string TimeOf(JsonElement document) => (System(document, "iothub-enqueuedtime") ?? System(document, "enqueuedTime"))!;

    private static string? LeafOf(JsonElement document)
    {
        JsonElement properties = document.GetProperty("Properties");
        return properties.TryGetProperty("deviceId", out JsonElement id) || properties.TryGetProperty("ConnectionDeviceId", out id)
            ? id.GetString()
            : null;
    }

    private static string? System(JsonElement document, string name) =>
        document.GetProperty("SystemProperties").TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
