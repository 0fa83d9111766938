using System.Text;
using System.Text.Json;
using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Azure Monitor's logs and Event Grid's dead letters, as lines and as arrays.</summary>
public sealed class ServiceRecordTests
{
    private static readonly int Iterations = Repetitions.Of(100);

    [Fact]
    public Task Lines_Any_AreFoundAndRemovedAsJsonDocumentReadsThem() =>
        Gen.Select(MessageGen.Messages, MessageGen.Selection, Gen.Int, Gen.Int)
            .SampleAsync(
                async (messages, selection, spelling, chunks) =>
                {
                    byte[] file = ServiceRecord.WriteLines(messages, spelling);
                    List<string> lines = JsonLine.Split(file);
                    ArchiveScan scan = await Archive.ScanAsync(file, selection.Subjects, new CollectingSink(), chunks);
                    (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, selection, chunks);

                    Assert.Equal(lines.Count, scan.RecordsRead);
                    Assert.Equal(lines.Count(line => ServiceRecord.IsUnread(selection.Subjects, line)), scan.Unread.Count);
                    Assert.Equal(
                        NaiveMatching.Count(selection.Subjects, lines.Select(ServiceRecord.Read)),
                        NaiveMatching.Count(scan.Subjects)
                    );
                    IEnumerable<string> kept = lines.Where(line => !NaiveMatching.Removes(selection, ServiceRecord.Read(line)));
                    Assert.Equal(string.Concat(kept), Encoding.UTF8.GetString(result));
                    await VerifyAsync(rewrite, file, result, selection);
                },
                iter: Iterations
            );

    [Fact]
    public Task Array_Any_StaysAnArrayOfTheOtherItems() =>
        Gen.Select(MessageGen.Messages, MessageGen.Selection, Gen.Int, Gen.Int)
            .SampleAsync(
                async (messages, selection, spelling, chunks) =>
                {
                    byte[] file = ServiceRecord.WriteArray(messages, spelling);
                    List<string> items = ServiceRecord.Items(file);
                    ArchiveScan scan = await Archive.ScanAsync(file, selection.Subjects, new CollectingSink(), chunks);
                    (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, selection, chunks);

                    Assert.Equal("Json", scan.Format);
                    Assert.Equal(items.Count, scan.RecordsRead);
                    Assert.Equal(items.Count(item => ServiceRecord.IsUnread(selection.Subjects, item)), scan.Unread.Count);
                    Assert.Equal(
                        NaiveMatching.Count(selection.Subjects, items.Select(ServiceRecord.Read)),
                        NaiveMatching.Count(scan.Subjects)
                    );
                    Assert.Equal(
                        items.Where(item => !NaiveMatching.Removes(selection, ServiceRecord.Read(item))),
                        ServiceRecord.Items(result)
                    );
                    await VerifyAsync(rewrite, file, result, selection);
                },
                iter: Iterations
            );

    [Theory]
    [InlineData("[]")]
    [InlineData(" [ ] \n")]
    [InlineData("[{\"subject\":\"devices/other\"}]")]
    public async Task Array_WithoutSubject_IsKept(string text)
    {
        byte[] file = Encoding.UTF8.GetBytes(text);
        (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(
            file,
            new RecordSelection(new SubjectIndex(["dev1"])),
            chunks: 4
        );
        Assert.Equal(file, result);
        Assert.Equal(0, rewrite.RecordsRemoved);
    }

    [Fact]
    public async Task Object_OverSeveralLines_IsOneRecord()
    {
        byte[] file = Encoding.UTF8.GetBytes("{\r\n  \"subject\": \"devices/dev1\",\r\n  \"eventTime\": \"2026-03-01T10:00:00Z\"\r\n}\r\n");
        var sink = new CollectingSink();
        ArchiveScan scan = await Archive.ScanAsync(file, new SubjectIndex(["dev1"]), sink, chunks: 2);
        (ArchiveRewrite _, byte[]? result) = await Archive.RewriteAsync(file, new RecordSelection(new SubjectIndex(["dev1"])));

        Assert.Equal((1, 1), (scan.RecordsRead, Assert.Single(scan.Subjects).Own.Records));
        Assert.Equal("\r\n", Encoding.UTF8.GetString(result));
        Assert.Equal("dev1", JsonDocument.Parse(sink.Records[0].Json).RootElement.GetProperty("subject").GetString()![8..]);
        Assert.Equal(10, sink.Records[0].Enqueued?.Hour);
    }

    [Theory]
    [InlineData("[{},", ArchiveFaultName.Truncated, 4)]
    [InlineData("[{}", ArchiveFaultName.Truncated, 3)]
    [InlineData("[{},{\"a\":", ArchiveFaultName.Truncated, 4)]
    [InlineData("[{}{}]", ArchiveFaultName.BadRecord, 3)]
    [InlineData("[{},]", ArchiveFaultName.BadRecord, 4)]
    [InlineData("[,{}]", ArchiveFaultName.BadRecord, 1)]
    [InlineData("[1]", ArchiveFaultName.BadRecord, 1)]
    [InlineData("[{}] {}", ArchiveFaultName.BadRecord, 5)]
    [InlineData("[{]}]", ArchiveFaultName.BadRecord, 2)]
    [InlineData("{\n\"a\":1", ArchiveFaultName.Truncated, 0)]
    [InlineData("{\n\"a\":1}\n[", ArchiveFaultName.BadRecord, 9)]
    [InlineData("{\"records\":[{\"properties\":\"{}\"}]}\n", ArchiveFaultName.BadRecord, 11)]
    public async Task Document_Damaged_IsLocated(string text, string fault, long offset)
    {
        ArchiveFormatException found = await Archive.FaultAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal((fault, offset), (found.Fault.ToString(), found.Offset));
    }

    [Fact]
    public async Task Properties_CutShort_AreReadAsFarAsTheyGo()
    {
        byte[] file =
            """
            {"properties":"{\"deviceId\":\"dev1\",\"note\":\"cut"}
            {"properties":"{\"deviceId\":\"dev1"}

            """u8.ToArray();
        Assert.Equal(1, Assert.Single((await Archive.ScanAsync(file, new SubjectIndex(["dev1"]))).Subjects).Own.Records);
    }

    [Fact]
    public async Task RoutedMessage_WithFieldsOfOthers_IsReadByItsOwn()
    {
        byte[] file =
            """
            {"subject":"devices/dev1","EnqueuedTimeUtc":"t","deviceId":"dev1","SystemProperties":{"connectionDeviceId":"other"}}
            {"EnqueuedTimeUtc":"t","SystemProperties":{"connectionDeviceId":"other"},"subject":"devices/dev1"}
            {"subject":"devices/dev1","data":{"systemProperties":{"iothub-connection-device-id":"other"}}}

            """u8.ToArray();
        ArchiveScan scan = await Archive.ScanAsync(file, new SubjectIndex(["dev1"]));
        Assert.Equal((3, 0), (scan.RecordsRead, scan.Unread.Count));
        Assert.Empty(scan.Subjects);
    }

    private static async Task VerifyAsync(ArchiveRewrite rewrite, byte[] file, byte[] result, RecordSelection selection)
    {
        Assert.Equal((file.Length, result.Length), (rewrite.BytesRead, rewrite.BytesWritten));
        if (result.Length > 0)
        {
            ArchiveScan again = await Archive.ScanAsync(result, selection.Subjects);
            Assert.Equal((rewrite.KeptDigest, rewrite.RecordsKept), (again.Digest, again.RecordsRead));
            Assert.Equal(rewrite.Retained, again.Subjects);
        }
    }

    private static class ArchiveFaultName
    {
        public const string Truncated = nameof(ArchiveFault.Truncated);
        public const string BadRecord = nameof(ArchiveFault.BadRecord);
    }
}
