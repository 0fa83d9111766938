using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.World;
using Held = IotHubDsr.Sandbox.Logs.Tables.LogTable;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>Which texts name a device, certainly or possibly, and by which values rows may then be purged.</summary>
public sealed class LogNamingTests
{
    private static readonly ErasureOptions s_withMentions = new() { Scope = new RecordScope { IncludeMentioned = true } };
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("dev1@home")]
    [InlineData("dev1%2")]
    [InlineData("dev1''x")]
    [InlineData("dev1+2")]
    [InlineData("#dev1")]
    [InlineData("dev1(2)")]
    [InlineData("x,dev1")]
    [InlineData("$dev1=")]
    public async Task Query_AboutADeviceWhoseIdContainsTheId_IsNeitherFoundNorPurged(string literal)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        var query = new JsonObject { ["query"] = $"SELECT * FROM devices WHERE deviceId = '{literal}'" };
        foreach (JsonSerializerOptions? encoder in (JsonSerializerOptions?[])[null, s_plain])
            logs.Add(query.ToJsonString(encoder), category: "TwinQueries");
        string[] before = logs.Seen();

        DeviceDataFinding plain = await logs.FindOneAsync();
        logs.Erasure = s_withMentions;
        DeviceDataFinding asked = await logs.FindOneAsync();
        await logs.EraseAsync("dev1");
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.All([plain, asked], one => Assert.Equal((Verdict.Absent, 0L), (one.Verdict, one.RecordCount)));
        Assert.Empty(logs.Bodies);
        Assert.Equal(before, logs.Seen());
    }

    [Theory]
    [InlineData("ask dev1@home for it")]
    [InlineData("found dev1,dev2 there")]
    [InlineData("dev1,dev2")]
    [InlineData("it (dev1) failed")]
    [InlineData("deviceId=dev1 failed")]
    [InlineData("deviceId:dev1 failed")]
    [InlineData("it was dev1.")]
    [InlineData("not dev1, but 'another'")]
    public async Task Text_InWhichTheIdMayBePartOfAnother_IsCountedAsLeft_AndNotPurged(string text)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(new JsonObject { ["message"] = text }.ToJsonString(s_plain));

        DeviceDataFinding plain = await logs.FindOneAsync();
        logs.Erasure = s_withMentions;
        DeviceDataFinding asked = await logs.FindOneAsync();
        await logs.EraseAsync("dev1");

        Assert.Equal(Verdict.OwnerAction, plain.Verdict);
        Assert.Equal((1L, 1L, 0), (asked.RecordCount, asked.LeftCount, asked.Items.Count));
        Assert.Contains("certainly names the device", asked.Detail, StringComparison.Ordinal);
        Assert.Empty(logs.Bodies);
    }

    [Theory]
    [InlineData("after dev1 left")]
    [InlineData("devices/dev1/messages")]
    [InlineData("dev1")]
    [InlineData("deviceId IN ['x', 'dev1']")]
    public async Task Text_InWhichTheIdStandsAlone_IsPurgedWhenAskedFor(string text)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        string named = new JsonObject { ["message"] = text }.ToJsonString(s_plain);
        logs.Add(named);
        logs.Erasure = s_withMentions;

        await logs.EraseAsync("dev1");

        Assert.Equal([named], logs.Values);
    }

    [Theory]
    [InlineData("t", """{"protocol":"Mqtt"}""")]
    [InlineData("1", """{"count":"1","protocol":"Mqtt"}""")]
    public async Task Purge_ComparesTheColumnThatIsTheId_AndNotATextThatHasItsLetters(string deviceId, string shared)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        AddRow(logs, "deviceId_s", deviceId, shared);
        AddRow(logs, "deviceId_s", "another", shared);

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync(deviceId));
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Null(outcome.Fault);
        Assert.Equal([deviceId], logs.Values);
        Assert.Equal(["", "another"], logs.Seen("deviceId_s"));
    }

    [Theory]
    [InlineData("t", """{"protocol":"Mqtt"}""")]
    [InlineData("1", """{"version":"1","protocol":"Mqtt"}""")]
    public async Task Row_ThatNamesTheDeviceInADynamicColumnAlone_IsNotPurgedByAnotherText(string deviceId, string shared)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(shared, additional: new JsonObject { ["deviceId"] = deviceId }.ToJsonString());

        DeviceDataFinding found = await logs.FindOneAsync(deviceId);
        await logs.EraseAsync(deviceId);

        Assert.Equal((Verdict.Expiring, 1L, 1L), (found.Verdict, found.RecordCount, found.LeftCount));
        Assert.Empty(logs.Bodies);
    }

    [Theory]
    [InlineData("dev1", """{"jobId":"j1","queryCondition":"deviceId IN [\u0027{0}\u0027]"}""")]
    [InlineData("dev1", """{"message":"names\n{0}\tand no other"}""")]
    [InlineData("dev1", """{"details":"{\"condition\":\"deviceId = \\u0027{0}\\u0027\"}"}""")]
    [InlineData("dev1", """{"details":"cut {\\\"condition\\\":\\\"deviceId = \\\\u0027{0}\\\\u0027"}""")]
    [InlineData("dev1", """{"path":"devices%2F{0}"}""")]
    [InlineData("dev1", """{"path":"devices%252F{0}%253Fx"}""")]
    [InlineData("dev1", """{"text":"of \\x27{0}\\x27"}""")]
    [InlineData("it%27s", """{"path":"/devices/{0}/messages"}""")]
    [InlineData("it''s", """{"condition":"deviceId = '{0}'"}""")]
    [InlineData("it\\\\'s", """{"condition":"deviceId = '{0}'"}""")]
    [InlineData("a%40b", """{"path":"/devices/{0}/messages"}""")]
    [InlineData("a%3Ab", """{"path":"/devices/{0}/messages"}""")]
    [InlineData("%23%25", """{"path":"/devices/{0}/messages"}""")]
    public async Task Id_InEscapedText_IsNotCalledAbsent_AndOthersAre(string written, string properties)
    {
        string deviceId = Uri.UnescapeDataString(written)
            .Replace("''", "'", StringComparison.Ordinal)
            .Replace(@"\", "", StringComparison.Ordinal);
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(properties.Replace("{0}", written, StringComparison.Ordinal));
        logs.Add(properties.Replace("{0}", $"{written}0", StringComparison.Ordinal));

        IReadOnlyList<DeviceDataFinding> plain = await logs.FindAsync(deviceId, "another");
        logs.Erasure = s_withMentions;
        DeviceDataFinding asked = await logs.FindOneAsync(deviceId);

        Assert.Equal([Verdict.OwnerAction, Verdict.Absent], plain.Select(one => one.Verdict));
        Assert.Equal(1, asked.RecordCount);
    }

    [Theory]
    [InlineData("dev1", "devices%2Fdev1%3Fx", "devices%2Fdev10%3Fx")]
    [InlineData("it's", "uploads/it%27s/photo.jpg", "uploads/it%27s0/photo.jpg")]
    [InlineData("a@b", "uploads/a%40b/photo.jpg", "uploads/a%40b0/photo.jpg")]
    public async Task Id_InAnEncodedPathOfAnotherTable_IsItsOwnersToJudge(string deviceId, string path, string other)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        Held table = logs.Workspace.Set(
            new Held(
                "StorageBlobLogs",
                [new KustoColumn(Held.TimeGenerated, KustoType.DateTime), .. LogSchemas.Strings("TenantId", "Uri", "Type")],
                logs.Clock
            )
        );
        string account = logs.Server.World.Names.StorageId("contosorouted");
        logs.LoggedResources = [$"{account}/blobServices/default"];
        DateTimeOffset made = logs.Clock.GetUtcNow().AddDays(-1);
        AddUri(other);
        DeviceDataFinding before = await logs.FindOneAsync(deviceId);
        AddUri(path);
        DeviceDataFinding found = await logs.FindOneAsync(deviceId);

        Assert.Equal([Verdict.Absent, Verdict.OwnerAction], new[] { before, found }.Select(one => one.Verdict));

        void AddUri(string uri) =>
            logs.Workspace.Add(
                table.Name,
                new JsonObject
                {
                    ["Uri"] = $"https://contosorouted.blob.core.windows.net/{uri}",
                    ["_ResourceId"] = $"{account.ToLowerInvariant()}/blobservices/default",
                },
                made,
                made
            );
    }

    private static void AddRow(LogSandbox logs, string column, string value, string properties)
    {
        JsonObject row = DiagnosticsRow.Of(logs.HubId, "Connections", "deviceConnect", properties);
        row[column] = value;
        DateTimeOffset made = logs.Clock.GetUtcNow().AddHours(-30);
        logs.Workspace.Add(LogSandbox.Table, row, made, made);
    }
}
