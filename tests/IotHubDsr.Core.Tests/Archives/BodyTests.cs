using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

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
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        Message message = Message.From("other") with { Body = bytes };
        Message encoded = message with { Body = Encoding.UTF8.GetBytes(Convert.ToBase64String(bytes)) };
        string embedded = Convert.ToBase64String(bytes).Replace("/", "\\/", StringComparison.Ordinal);
        string line = $$"""{"EnqueuedTimeUtc":"t","SystemProperties":{"connectionDeviceId":"other"},"Body":"{{embedded}}"}""";
        byte[][] files =
        [
            ApacheAvro.Write([message]),
            ApacheAvro.Write([encoded]),
            CaptureFile.Write([message], seed: 1),
            Encoding.UTF8.GetBytes(line),
        ];
        foreach (byte[] file in files)
        {
            ArchiveScan scan = await Archive.ScanAsync(file, new ScanRequest(Dev1, WithBody: true));
            Assert.Equal(found ? 1 : 0, scan.Subjects.Sum(s => s.Mentioned.Records));
            Assert.Equal(0, scan.Subjects.Sum(s => s.Own.Records + s.Attributed.Records + s.Relayed.Records));
            Assert.Empty((await Archive.ScanAsync(file, new ScanRequest(Dev1))).Subjects);

            using var result = new MemoryStream();
            ArchiveRewrite rewrite = await ArchiveFormats.RewriteAsync(
                new MemoryStream(file),
                result,
                new RecordSelection(Dev1, WithBody: true),
                CancellationToken.None
            );
            Assert.Equal(found ? 1 : 0, rewrite.RecordsRemoved);
        }
    }

    [Theory]
    [InlineData("""{"EnqueuedTimeUtc":"t","SystemProperties":{"connectionDeviceId":"other"},"Body":{"deviceId":"dev1"}}""")]
    [InlineData("""{"subject":"devices/other","data":{"body":{"deviceId":"dev1"}}}""")]
    [InlineData("""{"properties":"{\"deviceId\":\"other\",\"target\":\"dev1\"}"}""")]
    public async Task Scan_WithBody_FindsEmbeddedBodies(string line)
    {
        ArchiveScan scan = await Archive.ScanAsync(Encoding.UTF8.GetBytes(line), new ScanRequest(Dev1, WithBody: true));
        Assert.Equal(1, Assert.Single(scan.Subjects).Mentioned.Records);
    }

    [Fact]
    public async Task Scan_WithBody_CountsASendersOwnRecordOnce()
    {
        byte[] file = ApacheAvro.Write([Message.From("dev1") with { Body = "{\"deviceId\":\"dev1\"}"u8.ToArray() }]);
        SubjectMatches subject = Assert.Single((await Archive.ScanAsync(file, new ScanRequest(Dev1, WithBody: true))).Subjects);
        Assert.Equal((1, 0), (subject.Own.Records, subject.Mentioned.Records));
    }
}
