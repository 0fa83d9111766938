using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>A record from which no sender can be read is never nobody's; known shapes are read.</summary>
public sealed class UnreadRecordTests
{
    private const string Other =
        """{"EnqueuedTimeUtc":"2026-02-03T04:05:06Z","Properties":{},"SystemProperties":{"connectionDeviceId":"other"},"Body":{}}""";

    private static readonly SubjectIndex Dev1 = new(["dev1"]);

    [Theory]
    [InlineData("""{M,"SystemProperties":{"connectionDeviceId":["dev1"]},"Body":{}}""")]
    [InlineData("""{M,"SystemProperties":{"connectionDeviceId":12},"Body":{}}""")]
    [InlineData("""{M,"SystemProperties":{"connectionDeviceId":null},"Body":{}}""")]
    [InlineData("""{M,"SystemProperties":{"connectionDeviceId":""},"Body":{}}""")]
    [InlineData("""{M,"SystemProperties":{},"Body":{"SystemProperties":{"connectionDeviceId":"other"}}}""")]
    [InlineData("""{M,"SystemProperties":["connectionDeviceId","dev1"],"Body":{}}""")]
    [InlineData("""{M,"SystemProperties":"{\"connectionDeviceId\":\"dev1","Body":{}}""")]
    [InlineData("""{M,"SystemProperties":"dev1","Body":{}}""")]
    [InlineData("""{M,"Body":{}}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{"deviceId":"dev1"},"SystemProperties":{},"Body":{}}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{"connectionDeviceId":"other"},"SystemProperties":{},"Body":{}}""")]
    [InlineData("""{"device":"dev1","temperature":21.5}""")]
    [InlineData("{}")]
    [InlineData("""{"IoTHub":{"ConnectionDeviceId":{"id":"dev1"}},"temperature":21.5}""")]
    [InlineData("""{"subject":"dev1","eventType":"Microsoft.Devices.DeviceTelemetry","data":{"body":"e30="}}""")]
    [InlineData("""{"subject":"dev1","topic":"/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/HUB","eventType":"x","data":{}}""")]
    [InlineData("""{"time":"t","resourceId":"/r","properties":"deviceId=dev1; result=200"}""")]
    [InlineData("""{"time":"t","resourceId":"/r","properties":"{\"note\":\"a \"quoted\" deviceId dev1\"}"}""")]
    [InlineData("""{"time":"t","resourceId":"/r","properties":"{\"deviceId\":[\"dev1\"]}"}""")]
    [InlineData("""{"time":"t","resourceId":"/r","properties":{"deviceId":{"id":"dev1"}}}""")]
    [InlineData("""{"time":"t","resourceId":"sensor-7","device":"dev1","temperature":21.5}""")]
    [InlineData("""{"subject":"devices/honest","eventType":"Microsoft.Devices.DeviceConnected","data":{"deviceId":"dev1"}}""")]
    [InlineData("""{"time":"t","category":"telemetry","operationName":"measure","properties":{"device":"dev1"}}""")]
    [InlineData("""{M,"SystemProperties":{"connectionDeviceId":"honest","connectionDeviceId":"dev1"},"Body":{}}""")]
    [InlineData("""{M,"SystemProperties":{"connectionDeviceId":"dev1","iothub-connection-device-id":"honest"},"Body":{}}""")]
    [InlineData("""{M,"SystemProperties":{"connectionDeviceId":"dev1"},"SystemProperties":{"connectionDeviceId":"honest"}}""")]
    [InlineData("""{"iothub":{"ConnectionDeviceId":"dev1"},"IoTHub":{"ConnectionDeviceId":"honest"}}""")]
    public async Task Scan_RecordWithoutReadableSender_IsCountedAndKeptByteForByte(string record)
    {
        record = Spelled(record);
        foreach (
            (string? before, string? text) in new[]
            {
                ("", $"{Other}\n{record}\n{Other}\n{record}"),
                ("[", $"[{Other},{record},{Other},{record}]"),
            }
        )
        {
            byte[] file = Encoding.UTF8.GetBytes(text);
            ArchiveScan scan = await Archive.ScanAsync(file, Dev1);
            (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, new RecordSelection(Dev1));

            Assert.Equal(new UnreadRecords(2, before.Length + Other.Length + 1), scan.Unread);
            Assert.Equal(scan.Unread, rewrite.Unread);
            Assert.Equal(file, result);
            Assert.Empty(scan.Subjects);
        }
    }

    [Theory]
    [InlineData("""{M,"SystemProperties":"{\"connectionDeviceId\":\"dev1\"}","Body":{}}""")]
    [InlineData("""{M,"SystemProperties":{"ConnectionDeviceId":"dev1"},"Body":{}}""")]
    [InlineData("""{M,"SystemProperties":{"connectiondeviceid":"dev1"},"Body":{}}""")]
    [InlineData(
        """{"enqueuedTime":"2026-02-03T04:05:06Z","properties":{},"systemProperties":{"iothub-connection-device-id":"dev1"},"body":"e30="}"""
    )]
    [InlineData(
        """{"enqueuedTimeUtc":"2026-02-03T04:05:06Z","properties":{},"systemProperties":{"connectionDeviceId":"dev1"},"body":{}}"""
    )]
    [InlineData(
        """{"temperature":21.5,"EventEnqueuedUtcTime":"t","IoTHub":{"MessageId":null,"ConnectionDeviceId":"dev1","EnqueuedTime":"2026-02-03T04:05:06Z"}}"""
    )]
    [InlineData("""{"temperature":21.5,"iothub":{"connectiondeviceid":"dev1","enqueuedtime":"2026-02-03T04:05:06Z"}}""")]
    [InlineData("""{"iothub-connection-device-id":"dev1","temperature":21.5}""")]
    public async Task Scan_KnownShapeOfAnotherWriter_IsRead(string record)
    {
        byte[] file = Encoding.UTF8.GetBytes($"{Other}\n{Spelled(record)}\n");
        ArchiveScan scan = await Archive.ScanAsync(file, Dev1);
        (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, new RecordSelection(Dev1));

        Assert.Equal((1, 0), (Assert.Single(scan.Subjects).Own.Records, scan.Unread.Count));
        Assert.Equal((1, Other + "\n"), (rewrite.RecordsRemoved, Encoding.UTF8.GetString(result)));
    }

    [Theory]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev1"},"IoTHub":{"ConnectionDeviceId":"honest"},"deviceId":"dev1"}""")]
    [InlineData(
        """{"deviceId":"dev1","Properties":{"deviceId":"dev1"},"IoTHub":{"ConnectionDeviceId":"honest"},"subject":"devices/dev1"}"""
    )]
    [InlineData(
        """{"subject":"devices/dev1","data":{"systemProperties":{"iothub-connection-device-id":"honest"},"body":{"deviceId":"dev1"}}}"""
    )]
    [InlineData("""{M,"SystemProperties":{"connectionDeviceId":"honest"},"deviceId":"dev1","Body":{"connectionDeviceId":"dev1"}}""")]
    [InlineData(
        """{"EnqueuedTimeUtc":"t","Properties":{"iothub-connection-device-id":"dev1","connectionDeviceId":"dev1"},"SystemProperties":{"connectionDeviceId":"honest"}}"""
    )]
    public async Task Scan_SenderSetsFieldsOfItsOwn_TheServicesWins(string record)
    {
        byte[] file = Encoding.UTF8.GetBytes(Spelled(record) + "\n");
        Assert.Empty((await Archive.ScanAsync(file, Dev1)).Subjects);
        Assert.Equal(0, (await Archive.RewriteAsync(file, new RecordSelection(Dev1))).Rewrite.RecordsRemoved);
        Assert.Equal(1, Assert.Single((await Archive.ScanAsync(file, new SubjectIndex(["honest"]))).Subjects).Own.Records);
    }

    [Theory]
    [InlineData("""{"time":"t","resourceId":"/r","category":"Routes","operationName":"x","properties":"{\"deviceId\":null}"}""")]
    [InlineData(
        """{"time":"t","resourceId":"/r","category":"TwinQueries","operationName":"read","properties":"{\"query\":\"SELECT * FROM devices\"}"}"""
    )]
    [InlineData("""{"TimeGenerated":"t","_ResourceId":"/r","properties_s":"","Level":"4"}""")]
    [InlineData(
        """{"id":"1","subject":"/blobServices/default","topic":"/subscriptions/s/providers/Microsoft.Storage/storageAccounts/a","data":{}}"""
    )]
    [InlineData("""{"specversion":"1.0","source":"/subscriptions/s/providers/Microsoft.KeyVault/vaults/v","type":"x","time":"t"}""")]
    public async Task Scan_RecordThatIsAboutNoDevice_IsNoFault(string record)
    {
        ArchiveScan scan = await Archive.ScanAsync(Encoding.UTF8.GetBytes(record + "\n"), Dev1);
        Assert.Equal((1, 0), (scan.RecordsRead, scan.Unread.Count));
    }

    [Fact]
    public async Task Scan_SystemPropertiesAsText_TheirGenerationCounts()
    {
        byte[] file = Encoding.UTF8.GetBytes(
            Spelled("""{M,"SystemProperties":"{\"connectionDeviceId\":\"dev1\",\"connectionDeviceGenerationId\":\"2\"}","Body":{}}""")
        );
        Assert.Empty((await Archive.ScanAsync(file, SubjectIndex.Of([new Subject("dev1") { GenerationId = "1" }]))).Subjects);
        Assert.Single((await Archive.ScanAsync(file, SubjectIndex.Of([new Subject("dev1") { GenerationId = "2" }]))).Subjects);
    }

    [Fact]
    public async Task Scan_AvroRecordWithoutSenderBesideOneWithTwo_IsUnread()
    {
        byte[] file = ApacheAvro.Write([
            Message.From("a", ("connectionDeviceId", "b"), ("iothub-connection-device-id", "c")),
            Message.From(null),
            Message.From("d"),
        ]);
        ArchiveScan scan = await Archive.ScanAsync(file, Dev1);
        Assert.Equal((3, 1), (scan.RecordsRead, scan.Unread.Count));
        Assert.InRange(scan.Unread.FirstOffset, 1, file.Length);
    }

    [Theory]
    [InlineData("{\"a\":1,}")]
    [InlineData("[]")]
    [InlineData("{\"Properties\":{\"x\\q\":1}}")]
    [InlineData("{}{}")]
    public async Task Scan_DamagedLastLineWithoutItsNewline_IsTheFaultThatItIs(string line) =>
        Assert.Equal(ArchiveFault.BadRecord, (await Archive.FaultAsync(Encoding.UTF8.GetBytes($"{{}}\n{line}"))).Fault);

    private static string Spelled(string record) =>
        record.Replace("{M,", "{\"EnqueuedTimeUtc\":\"2026-02-03T04:05:06Z\",\"Properties\":{},", StringComparison.Ordinal);
}
