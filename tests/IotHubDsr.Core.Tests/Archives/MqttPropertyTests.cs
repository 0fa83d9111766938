using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>A message that was passed on can tell its sender in a property of MQTT alone.</summary>
public sealed class MqttPropertyTests
{
    [Theory]
    [InlineData("""{"$.cdid":"dev1"}""", """{"enqueuedTime":"2026-01-05T08:00:00Z"}""", "dev1", 1)]
    [InlineData("""{"$.cdid":"dev1","site":"a"}""", "{}", "dev1", 1)]
    [InlineData("\"{\\\"$.cdid\\\":\\\"dev1\\\"}\"", "{}", "dev1", 1)]
    [InlineData("""{"$.cdid":"dev1"}""", "{}", "Dev1", 0)]
    [InlineData("""{"$.CDID":"dev1","x.cdid":"dev1"}""", """{"connectionDeviceId":"bystander"}""", "dev1", 0)]
    [InlineData("""{"$.cdid":"dev1"}""", """{"connectionDeviceId":"honest"}""", "dev1", 0)]
    [InlineData("""{"$.cdid":"dev1"}""", """{"connectionDeviceId":"honest"}""", "honest", 1)]
    public async Task SenderInAPropertyOfMqtt_IsTheDevice_UnlessTheHubNamesOne(
        string properties,
        string systemProperties,
        string deviceId,
        int own
    )
    {
        const string Bystander =
            """{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":{},"SystemProperties":{"connectionDeviceId":"bystander"},"Body":{}}""";
        string line =
            $$"""{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":{{properties}},"SystemProperties":{{systemProperties}},"Body":{"t":1} }""";
        byte[] file = Encoding.UTF8.GetBytes($"{Bystander}\n{line}\n{Bystander}\n");
        var subjects = new SubjectIndex([deviceId]);

        ArchiveScan scan = await Archive.ScanAsync(file, subjects);
        (ArchiveRewrite? rewrite, byte[] left) = await Archive.RewriteAsync(file, new RecordSelection(subjects));

        Assert.Equal((3, 0, own), (scan.RecordsRead, scan.Unread.Count, scan.Subjects.Sum(static one => one.Own.Records)));
        Assert.Equal(own, rewrite.RecordsRemoved);
        Assert.Equal(own == 1 ? $"{Bystander}\n{Bystander}\n" : Encoding.UTF8.GetString(file), Encoding.UTF8.GetString(left));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("dev2", true)]
    public async Task SenderInAPropertyOfMqtt_ThatIsNoDeviceId_CallsNobodyAbsent(object? sender, bool isAbsent)
    {
        string told = System.Text.Json.JsonSerializer.Serialize(sender);
        byte[] file = Encoding.UTF8.GetBytes(
            $$"""{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":{"$.cdid":{{told}} },"SystemProperties":{},"Body":{} }""" + "\n"
        );

        ArchiveScan scan = await Archive.ScanAsync(file, new SubjectIndex(["dev1"]));

        Assert.Equal(isAbsent, scan.Unread.Count == 0);
    }

    [Fact]
    public async Task SenderInAPropertyOfMqtt_ThatIsNoText_LeavesWhatTheHubSays()
    {
        const string Line =
            """{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":{"$.cdid":5},"SystemProperties":{"connectionDeviceId":"dev1"},"Body":{}}""";

        ArchiveScan scan = await Archive.ScanAsync(Encoding.UTF8.GetBytes(Line + "\n"), new SubjectIndex(["dev1"]));

        Assert.Equal((0, 1), (scan.Unread.Count, scan.Subjects.Sum(static one => one.Own.Records)));
    }
}
