using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BulkExports;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sinks.RoutedBlobs;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.BulkExports;

/// <summary>Exports of all devices in blobs: a line for each device and module.</summary>
public sealed class BulkExportTests
{
    private const string Blob = "devices.txt";
    private const string Secret = "c2VjcmV0LWtleQ==";

    /// <summary>Whatever an ID may hold, and look-alikes of each.</summary>
    private static readonly string[] Hostile = ["it's", "50%25", "a*b?c!", "x'=(y)", "p+q#r", "$@,:=", "12345", "0", "-1e3", "null", "id"];

    [Fact]
    public async Task Erase_LinesOfTheDeviceAndItsModules_GoAndAllOthersStayToTheByte()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        string[] lines =
        [
            Line(Alice),
            Line(Bob),
            Line(Alice, module: "m1"),
            Line("Alice"),
            Line("alice2"),
            Line(Carol, tags: """{"peer":"alice","id":"alice"}"""),
        ];
        Put(sandbox, Blob, lines);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((null, 2L, 1), (outcome.Fault, outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal(Text(lines[1], lines[3], lines[4], lines[5]), sandbox.Text(Blob));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
        Assert.Contains(sandbox.BlobRequests, static request => request.Mutating);
    }

    [Fact]
    public async Task Erase_HostileIdsAndIdsOfDigits_OnePassForAll()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        string kept = Line("12345x") + "\r\n" + """{"id":12345678,"eTag":"MQ=="}""";
        Put(sandbox, Blob, [.. Hostile.Select(static id => Line(id)), .. Hostile.Select(static id => Line(id + "0"))]);
        string[] rest =
        [
            .. Hostile.Select(static id => Line(id + "0")).Where(static line => !Hostile.Select(static id => Line(id)).Contains(line)),
        ];

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Hostile);
        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync([.. found]);

        Assert.All(found, static one => Assert.Equal((Verdict.Present, 1L), (one.Verdict, one.RecordCount)));
        Assert.All(outcomes, static one => Assert.Equal((1L, null), (one.RecordsErased, one.Fault)));
        Assert.Equal(Text(rest), sandbox.Text(Blob));
        Put(sandbox, Blob, kept);
        Assert.Equal(Verdict.Unreachable, (await sandbox.FindOneAsync("12345")).Verdict);
    }

    [Theory]
    [InlineData("\"deviceScope\":\"ms-azure-iot-edge://alice-638412345678901234\"", true)]
    [InlineData("\"parentScopes\":[\"ms-azure-iot-edge://bob-1\",\"ms-azure-iot-edge://alice-638412345678901234\"]", true)]
    [InlineData("\"deviceScope\":\"ms-azure-iot-edge://alice2-638412345678901234\"", false)]
    [InlineData("\"deviceScope\":\"ms-azure-iot-edge://Alice-638412345678901234\",\"parentScopes\":null", false)]
    [InlineData("\"deviceScope\":7,\"parentScopes\":[7,{}]", false)]
    public async Task Gateway_IsNamedInTheLinesOfItsChildren_WhichStay(string scopes, bool isNamed)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        string child = $$"""{"id":"leaf","eTag":"MQ==",{{scopes}}}""";
        Put(sandbox, Blob, """{"id":"alice","eTag":"MQ==","deviceScope":"ms-azure-iot-edge://alice-638412345678901234"}""", child);

        DeviceDataFinding before = await sandbox.FindOneAsync(Alice);
        await sandbox.EraseAsync(Alice);
        IReadOnlyList<DeviceDataFinding> after = await sandbox.FindAsync(Alice, "leaf");

        Assert.Equal((Verdict.Present, 1L), (before.Verdict, before.RecordCount));
        Assert.Equal(Text(child), sandbox.Text(Blob));
        Assert.Equal([isNamed ? Verdict.OwnerAction : Verdict.Absent, Verdict.Present], after.Select(static one => one.Verdict));
        Assert.Equal(isNamed, after[0].Detail?.Contains("1 record of others names the device", StringComparison.OrdinalIgnoreCase) == true);
    }

    [Fact]
    public async Task Find_IdWithEscapes_IsReadAsItIsMeant()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Put(sandbox, Blob, """{"\u0069d":"\u0061lice","eTag":"MQ=="}""", """{"id":"bob","properties":{"desired":{"id":"alice"}}}""");

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Present, 1L), (found.Verdict, found.RecordCount));
    }

    [Fact]
    public async Task Find_BlobThatBreaksOffInTheMiddle_IsUnreachableForEveryDevice()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        string text = Text(Line(Bob), Line(Alice));
        sandbox.Put(Blob, Encoding.UTF8.GetBytes(text[..^40]));
        string before = sandbox.Text(Blob);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob, "nobody");
        await sandbox.EraseAsync([.. found]);

        Assert.All(found, static one => Assert.Equal(Verdict.Unreachable, one.Verdict));
        Assert.Equal(before, sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_AnotherWriterReplacesTheBlob_KeepsWhatItWrote()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Put(sandbox, Blob, Line(Alice), Line(Bob));
        string[] later = [Line(Bob), Line(Alice, tags: """{"a":1}"""), Line(Carol)];
        bool isReplaced = false;
        sandbox.OnAnnounce = () =>
        {
            if (!isReplaced)
                Put(sandbox, Blob, later);
            isReplaced = true;
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.True(isReplaced);
        Assert.Null(outcome.Fault);
        Assert.Equal(Text(later[0], later[2]), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Export_CopiesTheLine_WithoutKeys_AndWithAllOfTheTwin()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Put(sandbox, Blob, Line(Alice, tags: """{"symmetricKey":"the subject's own"}"""), Line(Bob));
        var target = new MemoryTarget();

        ExportCompleteness line = Assert.Single(await sandbox.Sink.ExportAsync(sandbox.Call(), [Alice], target, CancellationToken.None));

        Assert.Equal((1L, 1L), (line.Found, line.Included));
        Assert.Contains("Keys are credentials", line.Ground, StringComparison.Ordinal);
        string text = target.Text("exported-devices.ndjson");
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        JsonElement identity = JsonDocument.Parse(text).RootElement.GetProperty("identity");
        Assert.Equal(Alice, identity.GetProperty("id").GetString());
        Assert.Equal("the subject's own", identity.GetProperty("tags").GetProperty("symmetricKey").GetString());
        Assert.Equal("sas", identity.GetProperty("authentication").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Export_LineThatIsNestedTooDeep_ShowsNoKey()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        string deep = new string('[', 200) + new string(']', 200);
        Put(sandbox, Blob, Line(Alice, tags: $$"""{"deep":{{deep}}}"""));
        var target = new MemoryTarget();

        await sandbox.Sink.ExportAsync(sandbox.Call(), [Alice], target, CancellationToken.None);

        Assert.DoesNotContain(Secret, target.Text("exported-devices.ndjson"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"alice","schemaVersion":"1.0","content":{},"targetCondition":""}""", Verdict.OwnerAction)]
    [InlineData("""{"id":"c1","content":{},"targetCondition":"deviceId IN ['bob','alice']"}""", Verdict.OwnerAction)]
    [InlineData(
        """{"id":"c1","content":{},"metrics":{"queries":{"q":"SELECT * FROM devices WHERE deviceId='alice'"}}}""",
        Verdict.OwnerAction
    )]
    [InlineData("""{"id":"c1","content":{},"targetCondition":"deviceId IN ['bob','Alice','alice2']"}""", Verdict.Absent)]
    public async Task Find_Configurations_AreNoDevices_AndNameThem(string line, Verdict verdict)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Put(sandbox, "configurations.txt", line);
        string before = sandbox.Text("configurations.txt");

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        await sandbox.EraseAsync(found);

        Assert.Equal((verdict, 0L), (found.Verdict, found.RecordCount));
        Assert.Equal(before, sandbox.Text("configurations.txt"));
    }

    [Fact]
    public async Task Find_ErrorsOfAnImport_AreTheDevices()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Put(sandbox, "importErrors.log", """{"deviceId":"alice","errorCode":409001}""", """{"deviceId":"bob","errorCode":409001}""");

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal(1, outcome.RecordsErased);
        Assert.Equal(Text("""{"deviceId":"bob","errorCode":409001}"""), sandbox.Text("importErrors.log"));
    }

    [Fact]
    public async Task Erase_BlobThatNoJobNames_IsLeftAndNobodyIsAbsent_UntilTheOperatorVouches()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Put(sandbox, Blob, Line(Alice));
        Put(sandbox, "old.txt", Line(Alice), Line(Bob));
        DataLocation vouched = sandbox.Location;
        sandbox.Location = With(vouched, LocationSettings.ExportBlobs, Blob) with { Statements = [] };

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));
        DeviceDataFinding left = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Present, 1L, 1L), (found.Verdict, found.RecordCount, outcome.RecordsErased));
        Assert.Equal((Verdict.OwnerAction, 0L), (left.Verdict, left.RecordCount));
        Assert.Equal(Text(Line(Alice), Line(Bob)), sandbox.Text("old.txt"));
        sandbox.Location = With(vouched, LocationSettings.ExportBlobs, Blob);
        Assert.Equal(1, (await sandbox.EraseAsync(Alice)).RecordsErased);
        Assert.Equal(Text(Line(Bob)), sandbox.Text("old.txt"));
    }

    [Fact]
    public async Task Find_OtherHubsMayWriteThere_IsOwnerAction()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Put(sandbox, Blob, Line(Alice));
        string before = sandbox.Text(Blob);
        sandbox.Location = With(
            With(sandbox.Location, LocationSettings.ExportBlobs, Blob),
            LocationSettings.SharingUnknown,
            "hubs cannot be listed."
        ) with
        {
            Statements = [],
        };

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        await sandbox.EraseAsync(found);

        Assert.Equal((Verdict.OwnerAction, 0L), (found.Verdict, found.RecordCount));
        Assert.Equal(before, sandbox.Text(Blob));
    }

    [Fact]
    public async Task Find_ContainerThatTakesOtherThingsToo_ReadsTheNamedBlobsAlone_AndTheOthersDoNotReadThem()
    {
        await using ArchiveSandbox exports = await StartAsync();
        Put(exports, Blob, Line(Alice));
        exports.Put("contoso-hub/0/2026/01/05/08/00", Encoding.UTF8.GetBytes("""{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z"}"""));
        exports.Put("alice/photo.jpg", new byte[] { 0xFF, 0xD8, 0xFF });
        exports.Location = With(With(exports.Location, LocationSettings.ExportBlobs, Blob), LocationSettings.IsBesideOthers, "true");

        DeviceDataFinding found = await exports.FindOneAsync(Alice);
        DeviceDataFinding other = await exports.FindOneAsync("nobody");

        Assert.Equal((Verdict.Present, 1L), (found.Verdict, found.RecordCount));
        Assert.Equal(Verdict.Absent, other.Verdict);
        await using ArchiveSandbox routed = await ArchiveSandbox.StartAsync();
        routed.Put(Blob, Encoding.UTF8.GetBytes(Text(Line(Alice))));
        Assert.Equal(Verdict.Unreachable, (await routed.FindOneAsync(Bob)).Verdict);
        routed.Location = With(routed.Location, LocationSettings.ExportBlobs, Blob);
        Assert.Equal(Verdict.Absent, (await routed.FindOneAsync(Bob)).Verdict);
    }

    private static Task<ArchiveSandbox> StartAsync() =>
        ArchiveSandbox.StartAsync(sink: static (access, time) => new BulkExportSink(new BlobContainers(access, time), time));

    private static DataLocation With(DataLocation location, string key, string value) =>
        location with
        {
            Settings = new Dictionary<string, string>(location.Settings) { [key] = value },
        };

    private static void Put(ArchiveSandbox sandbox, string name, params string[] lines) =>
        sandbox.Put(name, Encoding.UTF8.GetBytes(Text(lines)));

    private static string Text(params string[] lines) => string.Concat(lines.Select(static line => line + "\r\n"));

    private static string Line(string deviceId, string? module = null, string tags = "{}")
    {
        var line = new JsonObject { ["id"] = deviceId };
        if (module is not null)
            line["moduleId"] = module;
        line["eTag"] = "MQ==";
        line["status"] = "enabled";
        line["authentication"] = new JsonObject
        {
            ["symmetricKey"] = new JsonObject { ["primaryKey"] = Secret, ["secondaryKey"] = Secret },
            ["type"] = "sas",
        };
        line["twinETag"] = "AAAAAAAAAAE=";
        string text = line.ToJsonString();
        return $$"""{{text[..^1]}},"tags":{{tags}},"properties":{"desired":{},"reported":{} } }""";
    }
}
