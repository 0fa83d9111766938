using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks.DataExplorerTables;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Tables that update policies fill from those of the hub, and clusters that follow a database.</summary>
public sealed class DerivedTableTests
{
    private const string Cluster = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Kusto/clusters/adx";
    private const string Database = Cluster + "/databases/iot";

    [Theory]
    [InlineData("Raw", true)]
    [InlineData("['Raw'] | where DeviceId != 'a|b' | project DeviceId, x", true)]
    [InlineData("Raw | where Text == \"it's | project y\" | project-away Secret", true)]
    [InlineData("Raw | project-keep ['DeviceId']", true)]
    [InlineData("Raw | project x", false)]
    [InlineData("Raw | project-away x, DeviceId", false)]
    [InlineData("Raw | extend DeviceId = tolower(DeviceId)", false)]
    [InlineData("Raw | project DeviceId = Other", false)]
    [InlineData("Raw | where x == '\\' | extend DeviceId = 1 //' ", false)]
    [InlineData("Other | where true", false)]
    [InlineData("Parse()", false)]
    [InlineData("", false)]
    public void Query_ThatOnlySelects_KeepsTheColumn(string query, bool keeps) =>
        Assert.Equal(keeps, new UpdatePolicy("T", "Raw", query, IsEnabled: true).Keeps("DeviceId"));

    [Fact]
    public async Task TableOfAnUpdatePolicy_IsAPlace_AndSoIsThatOfItsOwnPolicy()
    {
        HubWorld world = World(
            ("Clean", "Raw", "Raw | where Temperature > 0", true),
            ("Last's", "Clean", "Clean | project DeviceId, Temperature", false),
            ("Made", "Raw", "Parse()", true),
            ("Mixed", "Raw", "Raw", true),
            ("Mixed", "Stranger", "Stranger", true),
            ("Far", "Stranger", "Stranger", true),
            ("Twice", "Raw", "Raw", true),
            ("Twice", "Raw", "Raw | extend DeviceId = Other", true),
            ("Raw", "Clean", "Clean | extend DeviceId = Other", true),
            ("Deep", "Raw", "Raw", true),
            ("Deep", "Mixed", "Mixed", true)
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        var tables = result
            .Locations.Where(location => location.Kind == LocationKinds.DataExplorerTable)
            .ToDictionary(location => location.Place["adx/iot/".Length..]);
        Assert.Equal(["Clean", "Deep", "Last's", "Made", "Mixed", "Raw", "Twice"], tables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["DeviceId", "DeviceId", null, "DeviceId", null, null],
            ((string[])["Clean", "Last's", "Made", "Mixed", "Raw", "Twice"]).Select(name =>
                tables[name].Settings.GetValueOrDefault(LocationSettings.DeviceIdColumn)
            )
        );
        Assert.Equal(
            ["Deep", "Mixed", "Raw", "Twice"],
            tables
                .Where(table => table.Value.Settings.ContainsKey(LocationSettings.SharingUnknown))
                .Select(table => table.Key)
                .Order(StringComparer.Ordinal)
        );
        Assert.Contains("an update policy that is off has made rows of it", tables["Last's"].Provenance[0], StringComparison.Ordinal);
        Assert.All(tables.Values, table => Assert.Equal(Database, table.ResourceId));
        Assert.All(tables.Values, table =>
            Assert.Contains("cluster 'copycat' follows the database", table.Provenance[^1], StringComparison.Ordinal)
        );
        Assert.Empty(result.Faults);
    }

    [Fact]
    public async Task PoliciesOrFollowersThatCannotBeRead_AreAGap()
    {
        HubWorld world = World();
        world.Arm.On("/v1/rest/mgmt", """{"error":{"code":"BadRequest","message":"no"}}""", 400);
        world.Arm.On($"{Cluster}/listFollowerDatabases", """{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403);

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Contains(result.Locations, location =>
            location is { Kind: LocationKinds.UnreadConfiguration, Place: "update policies of the database adx/iot" }
        );
        Assert.Contains(result.Faults, fault => fault.Id == "PermissionMissing");
        Assert.Contains(
            "could not be listed",
            Assert.Single(result.Locations, location => location.Kind == LocationKinds.DataExplorerTable).Provenance[^1],
            StringComparison.Ordinal
        );
    }

    private static HubWorld World(params (string Target, string Source, string Query, bool IsEnabled)[] policies)
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.ResourceGraph,
            $$"""
            {"totalRecords":1,"count":1,"resultTruncated":"false","data":[{"id":"{{Cluster}}","properties":
              {"uri":"https://adx.westeurope.kusto.windows.net","dataIngestionUri":"https://ingest-adx.westeurope.kusto.windows.net"} }]}
            """
        );
        world.Arm.On($"{Cluster}/databases", $$"""{"value":[{"id":"{{Database}}","name":"adx/iot"}]}""");
        world.Arm.On(
            $"{Database}/dataConnections",
            $$"""
            {"value":[{"name":"adx/iot/c","kind":"IotHub","properties":{"tableName":"Raw","iotHubResourceId":"{{HubWorld.HubId}}",
              "eventSystemProperties":["iothub-connection-device-id"]} }]}
            """
        );
        world.Arm.On(
            $"{Cluster}/listFollowerDatabases",
            """{"value":[{"clusterResourceId":"/subscriptions/s9/resourceGroups/x/providers/Microsoft.Kusto/clusters/copycat","databaseName":"iot"}]}"""
        );
        world.Arm.On("/v1/rest/mgmt", request => (200, Answer(request, policies)));
        return world;
    }

    private static string Answer(HttpRequestMessage request, (string Target, string Source, string Query, bool IsEnabled)[] policies)
    {
        string body = request.Content!.ReadAsStringAsync().GetAwaiter().GetResult();
        string command = JsonNode.Parse(body)!["csl"]!.ToString();
        if (command.EndsWith("policy update", StringComparison.Ordinal))
        {
            return Table(
                ["EntityName", "Policy"],
                policies
                    .GroupBy(static policy => policy.Target)
                    .Select(target =>
                        new[]
                        {
                            $"[iot].[{target.Key}]",
                            JsonSerializer.Serialize(
                                target.Select(static policy => new
                                {
                                    policy.IsEnabled,
                                    policy.Source,
                                    policy.Query,
                                })
                            ),
                        }
                    )
            );
        }

        return command.EndsWith("schema as json", StringComparison.Ordinal)
            ? Table(
                ["Schema"],
                [
                    ["""{"OrderedColumns":[{"Name":"DeviceId","CslType":"string"},{"Name":"Temperature","CslType":"real"}]}"""],
                ]
            )
            : Table(
                ["Kind", "Mapping"],
                command.Contains("Raw", StringComparison.Ordinal)
                    ?
                    [
                        ["Json", """[{"column":"DeviceId","Properties":{"Path":"$.iothub-connection-device-id"}}]"""],
                    ]
                    : []
            );
    }

    private static string Table(string[] columns, IEnumerable<string[]> rows) =>
        JsonSerializer.Serialize(
            new { Tables = new[] { new { Columns = columns.Select(static name => new { ColumnName = name }), Rows = rows } } }
        );
}
