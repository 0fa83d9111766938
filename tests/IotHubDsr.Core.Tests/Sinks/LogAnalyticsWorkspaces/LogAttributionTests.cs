using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.World;
using Held = IotHubDsr.Sandbox.Logs.Tables.LogTable;
using LogRow = IotHubDsr.Core.Azure.Logs.LogRow;
using LogTable = IotHubDsr.Core.Azure.Logs.LogTable;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>What is not certainly the device's is neither purged nor passed over in silence.</summary>
public sealed class LogAttributionTests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string OtherTrace = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static readonly ErasureOptions s_withMentions = new() { Scope = new RecordScope { IncludeMentioned = true } };

    [Fact]
    public async Task Purge_TakesRowsOfTheItemsThatWereFound_AndNoOthers()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        DateTimeOffset now = logs.Clock.GetUtcNow();
        logs.Add(LogSandbox.Naming("dev1"), time: now.AddDays(-9));
        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1");
        logs.Add(LogSandbox.Naming("dev1", "5"), time: now.AddDays(-3));

        await logs.EraseAsync(found);

        Assert.Equal([LogSandbox.Naming("dev1")], logs.Values);
    }

    [Fact]
    public async Task Rows_OfATrace_ThatDoNotNameTheDevice_AreLeft_AndTheOrderTellsOfThem()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        DateTimeOffset made = logs.Clock.GetUtcNow().AddDays(-2);
        AddTraced(logs, Trace, made, "dev1", null, null);
        AddTraced(logs, OtherTrace, made, "dev10", null);

        DeviceDataFinding found = await logs.FindOneAsync();
        await logs.EraseAsync("dev1");
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((3L, 2L), (found.RecordCount, found.LeftCount));
        Assert.Equal(["dev1"], logs.Values);
        Assert.Equal(["", "", "", "dev10"], logs.Seen("DeviceId", LogSchemas.DistributedTracing));
        LeftBehind left = Assert.Single(Assert.Single(logs.Tickets).Left);
        Assert.Equal((2L, "dev1"), (left.Records, Assert.Single(left.DeviceIds)));
        Assert.Equal(made.AddDays(30), left.Until!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Rows_OfATraceThroughTwoSubjects_AreLeftOfBoth_AndTheOrderTellsOfThem()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        DateTimeOffset made = logs.Clock.GetUtcNow().AddDays(-2);
        AddTraced(logs, Trace, made, "dev1", "dev2", null, null, "dev10");
        AddTraced(logs, OtherTrace, made, "dev2", null);

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1", "dev2", "dev3");
        (IReadOnlyList<ExportCompleteness> accounts, _) = await logs.ExportAsync("dev1", "dev2", "dev3");
        await logs.EraseAsync("dev1", "dev2", "dev3");

        Assert.Equal([(3L, 2L), (5L, 3L), (0L, 0L)], found.Select(one => (one.RecordCount, one.LeftCount)));
        Assert.Equal(Verdict.Absent, found[2].Verdict);
        Assert.Equal([3L, 5L, 0L], accounts.Select(one => one.Included));
        Assert.Equal(
            [("dev1", 2L), ("dev2", 3L)],
            Assert.Single(logs.Tickets).Left.Select(left => (Assert.Single(left.DeviceIds), left.Records)).Order()
        );
    }

    [Fact]
    public async Task Rows_OfProvisioningServices_DoNotTellTheirHub_AndAreNotPurged()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add("""{"id":"dev1","type":"Registration"}""", logs.Server.World.Names.ProvisioningId(WorldNames.ProvisioningName));
        logs.Erasure = s_withMentions;

        DeviceDataFinding found = await logs.FindOneAsync();
        await logs.EraseAsync([found with { Items = [new SeenItem("AzureDiagnostics/2026-01-01", null, 1, 1)] }]);

        Assert.Equal((1L, 1L), (found.RecordCount, found.LeftCount));
        Assert.Contains("do not name their hub", found.Detail, StringComparison.Ordinal);
        Assert.Empty(logs.Bodies);
    }

    [Fact]
    public async Task Rows_OfProvisioningServices_WithAnotherCase_KeepTheDeviceFromBeingAbsent()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add("""{"id":"DEV1","type":"Registration"}""", logs.Server.World.Names.ProvisioningId(WorldNames.ProvisioningName));
        logs.Add("""{"id":"DEV10","type":"Registration"}""", logs.Server.World.Names.ProvisioningId(WorldNames.ProvisioningName));
        logs.Add(LogSandbox.Naming("DEV1"));

        DeviceDataFinding found = await logs.FindOneAsync();

        Assert.Equal((Verdict.OwnerAction, 0L), (found.Verdict, found.RecordCount));
        Assert.Contains("1 record of others names the device", found.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Rows_OfApplications_ArePurgedByAColumnOfDevicesAlone()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        Held table = logs.Workspace.Set(
            new Held(
                "App_CL",
                [new KustoColumn(Held.TimeGenerated, KustoType.DateTime), .. LogSchemas.Strings("TenantId", "Device", "Text", "Type")],
                logs.Clock
            )
        );
        DateTimeOffset made = logs.Clock.GetUtcNow().AddDays(-1);
        foreach ((string device, string text) in ((string, string)[])[("dev1", "started"), ("", "dev1"), ("dev2", "after dev1")])
        {
            logs.Workspace.Add(
                table.Name,
                new JsonObject
                {
                    ["Device"] = device,
                    ["Text"] = text,
                    ["_ResourceId"] = logs.HubId.ToLowerInvariant(),
                },
                made,
                made
            );
        }

        logs.Erasure = s_withMentions;
        DeviceDataFinding found = await logs.FindOneAsync();
        await logs.EraseAsync("dev1");
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((3L, 2L), (found.RecordCount, found.LeftCount));
        Assert.Equal(["dev1"], logs.Values);
        Assert.Equal(["after dev1", "dev1"], logs.Seen("Text", table.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_OfWhatTheHubsDataGoesThrough_ThatNameTheDeviceInAPath_AreItsOwnersToJudge(bool isBasic)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        Held table = logs.Workspace.Set(
            new Held(
                "StorageBlobLogs",
                [new KustoColumn(Held.TimeGenerated, KustoType.DateTime), .. LogSchemas.Strings("TenantId", "Uri", "Type")],
                logs.Clock
            )
            {
                Plan = isBasic ? LogTablePlan.Basic : LogTablePlan.Analytics,
            }
        );
        string account = logs.Server.World.Names.StorageId("contosorouted");
        DateTimeOffset made = logs.Clock.GetUtcNow().AddDays(-1);
        foreach (string device in (string[])["dev1", "dev10"])
        {
            logs.Workspace.Add(
                table.Name,
                new JsonObject
                {
                    ["Uri"] = $"https://contosorouted.blob.core.windows.net/uploads/{device}/photo.jpg",
                    ["_ResourceId"] = $"{account.ToLowerInvariant()}/blobservices/default",
                },
                made,
                made
            );
        }

        DeviceDataFinding unknown = await logs.FindOneAsync();
        logs.LoggedResources = [logs.Server.World.Names.EventHubsId, $"{account}/blobServices/default"];
        DeviceDataFinding told = await logs.FindOneAsync();
        logs.Erasure = s_withMentions;
        DeviceDataFinding mentioned = await logs.FindOneAsync();

        Assert.Equal(Verdict.Absent, unknown.Verdict);
        Assert.All([told, mentioned], one => Assert.Equal((Verdict.OwnerAction, 0L), (one.Verdict, one.RecordCount)));
        Assert.Empty(logs.Reported);
    }

    [Theory]
    [InlineData("""{"x":"\ud800","y":"{\"deviceId\":\"dev1\"}"}""")]
    [InlineData("""{"y":"{\"deviceId\":\"dev1\"}","x":"\udc00 "}""")]
    [InlineData("""["{\"deviceId\":\"dev1\"",{"x":"\ud83d"}]""")]
    public async Task Properties_WithHalfOfACharacter_EndNoReading_AndCallTheDeviceNotAbsent(string properties)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(properties);
        logs.Add(LogSandbox.Naming("dev2"));

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1", "dev2");

        Assert.NotEqual(Verdict.Absent, found[0].Verdict);
        Assert.Equal(1, found[1].RecordCount);
        Assert.Empty(logs.Reported);
    }

    [Fact]
    public void Cell_WithHalfOfACharacter_IsRead_AndNothingIsPurgedByIt()
    {
        const string answer = """
            {"tables":[{"name":"PrimaryResult","columns":[{"name":"properties_s","type":"string"}],"rows":[["{\"deviceId\":\"dev1\",\ud800}"]]}]}
            """;
        using LogTable table = LogTable.Read(JsonDocument.Parse(answer))!;
        LogRow row = table.Rows.Single();

        Assert.Equal("{\"deviceId\":\"dev1\",\ufffd}", row.Text("properties_s"));
        Assert.Null(LogPurgeKey.Of(LogTables.Diagnostics, row, ["dev1"]));
        using var written = JsonDocument.Parse(new LogRowJson().Write(row).ToArray());
        Assert.Equal(row.Text("properties_s"), written.RootElement.GetProperty("properties_s").GetString());
    }

    [Fact]
    public async Task Properties_NestedWithoutEnd_EndNoReading()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(string.Concat(Enumerable.Repeat("""{"a":""", 300)) + "\"dev1\"" + new string('}', 300));
        logs.Add(LogSandbox.Naming("dev2"));

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1", "dev2");

        Assert.NotEqual(Verdict.Absent, found[0].Verdict);
        Assert.Equal(1, found[1].RecordCount);
    }

    [Theory]
    [InlineData("query_s", "SELECT * FROM devices WHERE deviceId = '{0}'")]
    [InlineData("filter_s", "deviceId IN ['x', '{0}']")]
    [InlineData("statement_s", "look for {0}.")]
    [InlineData("ResultDescription", "{0} was not found")]
    public async Task Id_InATextColumnOfARowWithoutADevice_IsToldAsUndecided_AndPurgedWhenAskedForWhereAPurgeCanCompareIt(
        string column,
        string text
    )
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        AddText(logs, column, text.Replace("{0}", "dev1", StringComparison.Ordinal));
        AddText(logs, column, text.Replace("{0}", "dev10", StringComparison.Ordinal));

        IReadOnlyList<DeviceDataFinding> plain = await logs.FindAsync("dev1", "dev");
        logs.Erasure = s_withMentions;
        DeviceDataFinding asked = await logs.FindOneAsync();
        await logs.EraseAsync("dev1");
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal([Verdict.OwnerAction, Verdict.Absent], plain.Select(one => one.Verdict));
        Assert.Contains("record of others names the device", plain[0].Detail, StringComparison.Ordinal);
        bool isComparable = LogTables.PurgeColumns.Contains(column);
        Assert.Equal((1L, isComparable ? 0L : 1L), (asked.RecordCount, asked.LeftCount));
        Assert.Equal(isComparable ? 1 : 2, logs.Seen(column).Count(one => one.Contains("dev1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Id_InATextOfARowThatNamesItsDevice_IsThatDevices()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        AddText(logs, "ResultDescription", "replaces dev1", LogSandbox.Naming("dev2"));

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1", "dev2");

        Assert.Equal([Verdict.Absent, Verdict.Present], found.Select(one => one.Verdict));
    }

    [Fact]
    public async Task Tables_ThatCannotBeListed_KeepEveryDeviceFromBeingAbsent()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Server.Faults.Add(
            new FaultRule
            {
                Service = "arm",
                PathContains = "/tables",
                Status = 403,
                Times = 100,
            }
        );

        DeviceDataFinding found = await logs.FindOneAsync("nobody");

        Assert.Equal(Verdict.OwnerAction, found.Verdict);
        Assert.Contains("tables could not be listed", found.Detail, StringComparison.Ordinal);
    }

    private static void AddText(LogSandbox logs, string column, string text, string properties = "{}")
    {
        JsonObject row = DiagnosticsRow.Of(logs.HubId, "TwinQueries", "query", properties);
        row[column] = text;
        DateTimeOffset made = logs.Clock.GetUtcNow().AddHours(-30);
        logs.Workspace.Add(LogSandbox.Table, row, made, made);
    }

    private static void AddTraced(LogSandbox logs, string correlation, DateTimeOffset made, params string?[] deviceIds)
    {
        foreach (string? deviceId in deviceIds)
        {
            var row = new JsonObject
            {
                ["Category"] = "DistributedTracing",
                ["CorrelationId"] = correlation,
                ["_ResourceId"] = logs.HubId.ToLowerInvariant(),
            };
            if (deviceId is not null)
                row["DeviceId"] = deviceId;
            logs.Workspace.Add(LogSchemas.DistributedTracing, row, made, made);
        }
    }
}
