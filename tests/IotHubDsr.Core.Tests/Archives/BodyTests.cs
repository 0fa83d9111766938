using System.Text;
using IotHubDsr.Archives;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Subjects that are named in a body alone, by request.</summary>
public sealed class BodyTests
{
    private static readonly SubjectIndex Dev1 = new(["dev1"]);

    [Theory]
    [InlineData("""{"deviceId":"dev1"}""", true)]
    [InlineData("""{"batch":[{"id":"other"},{"id":"\u0064ev1"}]}""", true)]
    [InlineData("""{"dev1":{"t":1}}""", true)]
    [InlineData("""[1,"dev1"]""", true)]
    [InlineData(""" "dev1" """, true)]
    [InlineData("""{"note":"swapped dev1","path":"/dev1","escaped":"\"dev1\"","Id":"Dev1"}""", false)]
    [InlineData("""{"id":"dev10"}""", false)]
    [InlineData("dev1", false)]
    [InlineData("", false)]
    public async Task Scan_WithBody_FindsTextsThatAreTheId(string body, bool found)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var message = Message.From("other") with { Body = bytes };
        var encoded = message with { Body = Encoding.UTF8.GetBytes(Convert.ToBase64String(bytes)) };
        var embedded = Convert.ToBase64String(bytes).Replace("/", "\\/", StringComparison.Ordinal);
        var line = $$"""{"EnqueuedTimeUtc":"t","SystemProperties":{"connectionDeviceId":"other"},"Body":"{{embedded}}"}""";
        byte[][] files =
            [ApacheAvro.Write([message]), ApacheAvro.Write([encoded]), CaptureFile.Write([message], seed: 1), Encoding.UTF8.GetBytes(line)];
        foreach (var file in files)
        {
            var scan = await Archive.ScanAsync(file, new ScanRequest(Dev1, WithBody: true));
            Assert.Equal(found ? 1 : 0, scan.Subjects.Sum(s => s.Mentioned.Records));
            Assert.Equal(0, scan.Subjects.Sum(s => s.Own.Records + s.Attributed.Records + s.Relayed.Records));
            Assert.Empty((await Archive.ScanAsync(file, new ScanRequest(Dev1))).Subjects);

            using var result = new MemoryStream();
            var rewrite = await ArchiveFormats.RewriteAsync(
                new MemoryStream(file), result, new RecordSelection(Dev1, WithBody: true), CancellationToken.None);
            Assert.Equal(found ? 1 : 0, rewrite.RecordsRemoved);
        }
    }

    [Theory]
    [InlineData("""{"EnqueuedTimeUtc":"t","SystemProperties":{"connectionDeviceId":"other"},"Body":{"deviceId":"dev1"}}""")]
    [InlineData("""{"subject":"devices/other","data":{"body":{"deviceId":"dev1"}}}""")]
    [InlineData("""{"properties":"{\"deviceId\":\"other\",\"target\":\"dev1\"}"}""")]
    public async Task Scan_WithBody_FindsEmbeddedBodies(string line)
    {
        var scan = await Archive.ScanAsync(Encoding.UTF8.GetBytes(line), new ScanRequest(Dev1, WithBody: true));
        Assert.Equal(1, Assert.Single(scan.Subjects).Mentioned.Records);
    }

    [Fact]
    public async Task Scan_WithBody_CountsASendersOwnRecordOnce()
    {
        var file = ApacheAvro.Write([Message.From("dev1") with { Body = "{\"deviceId\":\"dev1\"}"u8.ToArray() }]);
        var subject = Assert.Single((await Archive.ScanAsync(file, new ScanRequest(Dev1, WithBody: true))).Subjects);
        Assert.Equal((1, 0), (subject.Own.Records, subject.Mentioned.Records));
    }
}
