using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks.DataExplorerTables;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Core.Tests.Sinks.DataExplorerTables;

/// <summary>Rows are the device's where a mapping takes its ID from what the hub says, and nowhere else.</summary>
public sealed class TableFindTests
{
    private const string ToId = """[{"column":"Id","Properties":{"Path":"$['iothub-connection-device-id']"}}]""";

    [Fact]
    public async Task Findings_AreWhatWasSeeded()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartSeededAsync();
        string[] devices = ["dev1", "Dev1", "dev10", "it's", "100%", "th-001", "nobody-here"];
        IReadOnlyDictionary<string, int> truth = explorer.Server.World.Truth.Explorer[0].Devices;

        IReadOnlyList<DeviceDataFinding> found = await explorer.FindAsync(devices);

        Assert.Empty(explorer.Reported);
        Assert.Equal(
            devices.Select(id => (id, (long)truth.GetValueOrDefault(id), truth.ContainsKey(id) ? Verdict.Present : Verdict.Absent)),
            found.Select(finding => (finding.DeviceId, finding.RecordCount, finding.Verdict))
        );
        Assert.All(found.Where(finding => finding.RecordCount > 0), finding =>
            Assert.Equal(finding.RecordCount, Assert.Single(finding.Items).Records)
        );
    }

    [Theory]
    [InlineData(ToId, "Json")]
    [InlineData("""[{"Name":"Id","DataType":"string","Properties":{"Path":"$.iothub-connection-device-id"}}]""", "Json")]
    [InlineData("""[{"column":"Id","Properties":{"Path":"$.SystemProperties.connectionDeviceId"}}]""", "Avro")]
    [InlineData("""[{"column":"Id","Properties":{"Path":"$.SystemProperties['iothub-connection-device-id']"}}]""", "Json")]
    [InlineData("""[{"Column":"Id","Properties":{"Ordinal":"0"}}]""", "Csv")]
    [InlineData("""[{"Name":"Id","DataType":"string","Ordinal":0}]""", "CSV")]
    public async Task Mapping_ThatTakesTheHubsProperty_TellsTheDevice(string mapping, string kind)
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Replace([("Body", KustoType.String), ("Id", KustoType.String)], mapping, kind);
        explorer.Table.Add(new JsonObject { ["Id"] = "dev1", ["Body"] = "dev10" });
        explorer.Table.Add(new JsonObject { ["Id"] = "dev10", ["Body"] = "dev1" });

        DeviceDataFinding finding = await explorer.FindOneAsync();

        Assert.Equal((Verdict.Present, 1L), (finding.Verdict, finding.RecordCount));
    }

    [Fact]
    public async Task ColumnOfTheName_WithoutAMapping_TellsTheDevice()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Replace([("x", KustoType.Long), ("iothub-connection-device-id", KustoType.String)], mapping: null);
        explorer.Table.Add(new JsonObject { ["iothub-connection-device-id"] = "dev1" });

        Assert.Equal(1, (await explorer.FindOneAsync()).RecordCount);
    }

    [Theory]
    [InlineData("""[{"column":"Id","Properties":{"Path":"$.deviceId"}}]""", "string", "no ingestion mapping takes")]
    [InlineData("""[{"column":"Id","Properties":{"Path":"$.body.iothub-connection-device-id"}}]""", "string", "no ingestion mapping")]
    [InlineData("not json", "string", "no ingestion mapping takes")]
    [InlineData(ToId, "long", "of type long")]
    public async Task Mapping_ThatTellsNoDevice_IsTheOwnersToChange(string mapping, string type, string reason)
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Replace([("Id", KustoTypes.Find(type)!.Value)], mapping.StartsWith('[') ? mapping : "[]");
        explorer.Table.Add(new JsonObject { ["Id"] = 1 });

        DeviceDataFinding finding = await explorer.FindOneAsync();

        Assert.Equal((Verdict.OwnerAction, false), (finding.Verdict, finding.IsCounted));
        Assert.Contains(reason, finding.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(finding.Items);
    }

    [Fact]
    public async Task Column_ThatAnotherMappingFillsFromTheBody_IsNotBelieved()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Replace([("Id", KustoType.String)], ToId);
        explorer.Table.Mappings.Add(
            new ExplorerMapping("old", "Json", JsonNode.Parse("""[{"column":"Id","Properties":{"Path":"$.deviceId"}}]""")!.AsArray())
        );
        explorer.Table.Add(new JsonObject { ["Id"] = "dev1" });

        DeviceDataFinding finding = await explorer.FindOneAsync();

        Assert.Equal(Verdict.OwnerAction, finding.Verdict);
        Assert.Contains("another mapping fills its column Id", finding.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Connection_ThatDoesNotPassThePropertyOn_IsTheOwnersToChange()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Settings[LocationSettings.EventSystemProperties] = "message-id";

        DeviceDataFinding finding = await explorer.FindOneAsync();

        Assert.Equal(Verdict.OwnerAction, finding.Verdict);
        Assert.Contains("does not pass it on", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DynamicColumn_CountsTextsOnly_AndNumbersKeepEveryoneFromBeingAbsent()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Replace([("Id", KustoType.Dynamic)], ToId);
        explorer.Table.Add(new JsonObject { ["Id"] = "100" });
        explorer.Table.Add(new JsonObject { ["Id"] = 100 });

        IReadOnlyList<DeviceDataFinding> found = await explorer.FindAsync("100", "1e2");

        Assert.Equal([(Verdict.Present, 1L), (Verdict.OwnerAction, 0L)], found.Select(one => (one.Verdict, one.RecordCount)));
        Assert.Contains("1 row of the table names no device", found[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RowsWithoutADevice_KeepEveryoneFromBeingAbsent()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("");

        Assert.Equal(Verdict.OwnerAction, (await explorer.FindOneAsync()).Verdict);
    }

    [Fact]
    public async Task RowsOfAnotherHub_AreBystanders_AndUndecidedWhereNothingTells()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Settings[LocationSettings.OtherHubs] = "fabrikam-hub";
        explorer.Generations["dev1"] = ExplorerSandbox.Generation;
        explorer.Add("dev1");
        explorer.Add("dev1", generation: "999");
        explorer.Add("dev2", generation: "");

        IReadOnlyList<DeviceDataFinding> found = await explorer.FindAsync("dev1", "dev2");

        Assert.Equal([(Verdict.Present, 1L), (Verdict.OwnerAction, 0L)], found.Select(one => (one.Verdict, one.RecordCount)));
        Assert.All(found, finding => Assert.Contains("fabrikam-hub", finding.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TableOfTheLocationFile_IsNobodysWithoutAStatement()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Way = DataWayKind.LocationFile;
        explorer.Settings[LocationSettings.DeviceIdColumn] = "DeviceId";
        explorer.Add("dev1");

        DeviceDataFinding finding = await explorer.FindOneAsync();

        Assert.Equal((Verdict.OwnerAction, 0L), (finding.Verdict, finding.RecordCount));
        Assert.Contains(HubSharingRemedy, finding.Detail, StringComparison.Ordinal);
    }

    private const string HubSharingRemedy = "-DedicatedContainer";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PartialAnswer_IsNeverAbsent(bool isPartial)
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Server.Faults.Add(
            new FaultRule
            {
                Service = "explorer",
                PathContains = "query",
                Times = 20,
                Partial = isPartial,
                Status = isPartial ? null : 500,
            }
        );

        DeviceDataFinding finding = await explorer.FindOneAsync("nobody-here");

        Assert.Equal(Verdict.Unreachable, finding.Verdict);
        Assert.NotEmpty(explorer.Reported);
    }

    [Fact]
    public async Task StoppedCluster_AndMissingRole_AreFaults()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Cluster.Options = explorer.Cluster.Options with { State = "Stopped" };
        DsrException stopped = await Assert.ThrowsAsync<DsrException>(() => explorer.FindOneAsync());
        explorer.Cluster.Options = explorer.Cluster.Options with { State = "Running", Role = ExplorerRole.None };

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => explorer.FindOneAsync());

        Assert.Contains("not running", stopped.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(FaultCatalogue.PermissionMissing.Id, refused.Fault.Id);
        Assert.Contains("Database Viewer", refused.Fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scope_OfTime_CountsExactly()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        DateTimeOffset now = explorer.Clock.GetUtcNow();
        for (int day = 1; day <= 6; day++)
            explorer.Add("dev1", now.AddDays(-day));
        explorer.Erasure = new ErasureOptions
        {
            Scope = new RecordScope { StartTime = now.AddDays(-4.5), EndTime = now.AddDays(-1.5) },
        };

        DeviceDataFinding finding = await explorer.FindOneAsync();
        (IReadOnlyList<ExportCompleteness> accounts, _) = await explorer.ExportAsync("dev1");

        Assert.Equal(3, finding.RecordCount);
        Assert.Equal((3L, 3L), (accounts[0].Found, accounts[0].Included));
    }

    [Fact]
    public async Task MaterialisedView_IsTold_AndKeepsFromAbsent()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Database.Views.Add(new ExplorerView("LastReading", explorer.TableName, "summarize arg_max(EnqueuedTime, *) by DeviceId"));

        DeviceDataFinding finding = await explorer.FindOneAsync();

        Assert.Equal(Verdict.OwnerAction, finding.Verdict);
        Assert.Contains("'LastReading'", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostileIds_FindEachExactlyTheirRow_AlsoThoseOfDigits()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        string[] ids =
        [
            .. HostileQueryTests.HostileIds.Take(1_500).Concat(["1", "01", "1.0", "1e0", "0x1", "2026-01-01", "true", "null"]).Distinct(),
        ];
        foreach (string id in ids)
            explorer.Add(id);

        IReadOnlyList<DeviceDataFinding> found = await explorer.FindAsync(ids);

        Assert.Equal(ids.Select(id => (id, Verdict.Present, 1L)), found.Select(one => (one.DeviceId, one.Verdict, one.RecordCount)));
    }

    [Fact]
    public async Task Export_IsSlicedUnderTheLimits_AndAccountsForEachRow()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        for (int row = 0; row < 300; row++)
            explorer.Add(row % 3 == 0 ? "dev10" : "dev1", temperature: row);
        explorer.Cluster.Options = explorer.Cluster.Options with { MostRows = 40 };

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await explorer.ExportAsync("dev1", "dev2");

        Assert.Empty(explorer.Reported);
        Assert.Equal([(200L, 200L), (0L, 0L)], accounts.Select(account => (account.Found ?? -1, account.Included)));
        JsonElement[] lines = [.. target.Records(RowLines.FileName)];
        Assert.Equal(200, lines.Select(line => line.GetProperty("row").GetProperty("Temperature").GetDouble()).Distinct().Count());
        Assert.All(lines, line => Assert.Equal("dev1", line.GetProperty("row").GetProperty("DeviceId").GetString()));
    }

    [Fact]
    public async Task ColumnOfTheHub_ThatAnotherMappingFillsWithSomethingElse_MakesNoRowAnotherHubs()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Replace(
            [("Id", KustoType.String), ("Source", KustoType.String)],
            """
            [{"column":"Id","Properties":{"Path":"$.iothub-connection-device-id"}},{"column":"Source","Properties":{"Path":"$.iothub-name"}}]
            """
        );
        var other = (JsonArray)JsonNode.Parse("""[{"column":"Source","Properties":{"Path":"$.site"}}]""")!;
        explorer.Table.Mappings.Add(new ExplorerMapping("v2", "Json", other));
        explorer.Table.Add(new JsonObject { ["Id"] = "dev1", ["Source"] = "Plant A" });

        DeviceDataFinding finding = await explorer.FindOneAsync();

        Assert.Equal((Verdict.Present, 1L), (finding.Verdict, finding.RecordCount));
    }

    [Fact]
    public async Task RowLevelSecurity_CallsNobodyAbsent()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("dev2");
        explorer.Table.RowSecurity = new JsonObject { ["IsEnabled"] = false, ["Query"] = "Telemetry" };
        DeviceDataFinding before = await explorer.FindOneAsync();
        explorer.Table.RowSecurity["IsEnabled"] = true;

        DeviceDataFinding finding = await explorer.FindOneAsync();

        Assert.Equal((Verdict.Absent, Verdict.OwnerAction), (before.Verdict, finding.Verdict));
        Assert.Contains("row-level security", finding.Detail, StringComparison.Ordinal);
    }
}
