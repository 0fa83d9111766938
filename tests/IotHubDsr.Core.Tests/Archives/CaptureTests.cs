using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Event Hubs Capture: found and removed as Apache's library reads it.</summary>
public sealed class CaptureTests
{
    private const string Annotation = "iothub-connection-device-id";

    [Theory]
    [InlineData("honest", 1)]
    [InlineData("dev1", 0)]
    public async Task Capture_PropertyOfTheAnnotationsNameNamesAnother_IsTheHonestSendersAlone(string deviceId, int own)
    {
        byte[] file = CaptureFile.WriteOne(system: new() { [Annotation] = "honest" }, properties: new() { [Annotation] = "dev1" });
        var subjects = new SubjectIndex([deviceId]);

        ArchiveScan scan = await Archive.ScanAsync(file, subjects);
        (ArchiveRewrite? rewrite, byte[] _) = await Archive.RewriteAsync(file, new RecordSelection(subjects));

        Assert.Equal((1, own), (scan.RecordsRead, scan.Subjects.Sum(s => s.Own.Records + s.Attributed.Records + s.Relayed.Records)));
        Assert.Equal(own, rewrite.RecordsRemoved);
    }

    [Fact]
    public async Task Capture_GenerationAmongTheProperties_DoesNotOverruleTheHub()
    {
        byte[] file = CaptureFile.WriteOne(
            system: new() { [Annotation] = "dev1" },
            properties: new() { ["iothub-connection-auth-generation-id"] = "forged" }
        );
        var subjects = SubjectIndex.Of([new Subject("dev1") { GenerationId = "1" }]);
        Assert.Equal(1, Assert.Single((await Archive.ScanAsync(file, subjects)).Subjects).Own.Records);
    }

    [Theory]
    [InlineData("1", true, 1, 0)]
    [InlineData("2", true, 0, 1)]
    [InlineData("", true, 0, 1)]
    [InlineData("2", false, 1, 0)]
    public async Task Capture_WhereAnotherHubMayWrite_LosesWhatTheRegisteredDeviceSentAlone(
        string generation,
        bool isShared,
        int own,
        int unclear
    )
    {
        byte[] file = CaptureFile.WriteOne(
            system: new() { [Annotation] = "dev1", ["iothub-connection-auth-generation-id"] = generation },
            properties: []
        );
        var subject = new Subject("dev1") { RegisteredGenerationId = "1" };
        var subjects = SubjectIndex.Of([subject], new RecordOrigin("contoso") { IsShared = isShared });

        SubjectMatches found = Assert.Single((await Archive.ScanAsync(file, subjects)).Subjects);
        (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, new RecordSelection(subjects));

        Assert.Equal((own, unclear), (found.Own.Records, found.Unclear));
        Assert.Equal(own, rewrite.RecordsRemoved);
        Assert.Equal(own == 0, file.AsSpan().SequenceEqual(result));
    }

    [Theory]
    [InlineData("SystemProperties")]
    [InlineData("Properties")]
    public async Task Capture_SenderAsBytes_IsRead(string map)
    {
        Dictionary<string, object?> annotations = new() { [Annotation] = "dev1"u8.ToArray() };
        byte[] file = CaptureFile.WriteOne(
            system: map == "SystemProperties" ? annotations : [],
            properties: map == "Properties" ? annotations : []
        );
        Assert.Equal(1, Assert.Single((await Archive.ScanAsync(file, new SubjectIndex(["dev1"]))).Subjects).Own.Records);
    }

    [Theory]
    [InlineData(12L)]
    [InlineData(0.5)]
    [InlineData("")]
    [InlineData(null)]
    public async Task Capture_SenderThatIsNoText_IsUnreadAndKept(object? sender)
    {
        byte[] file = CaptureFile.WriteOne(
            system: sender is null ? [] : new() { [Annotation] = sender },
            properties: new() { ["deviceId"] = "dev1" }
        );
        var subjects = new SubjectIndex(["dev1"]);

        ArchiveScan scan = await Archive.ScanAsync(file, subjects);
        (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, new RecordSelection(subjects));

        Assert.Equal((1, 1, 0), (scan.Unread.Count, rewrite.Unread.Count, rewrite.RecordsRemoved));
        Assert.Equal(file, result);
    }

    [Fact]
    public Task Capture_Any_IsFoundAndRemovedAsApacheReadsIt() =>
        Gen.Select(MessageGen.Messages, MessageGen.Selection, Gen.Int, Gen.Int)
            .SampleAsync(
                async (messages, selection, seed, chunks) =>
                {
                    byte[] file = CaptureFile.Write(messages, seed);
                    IReadOnlyList<Message> read = CaptureFile.Read(file);
                    ArchiveScan scan = await Archive.ScanAsync(file, selection.Subjects, new CollectingSink(), chunks);
                    (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, selection, chunks);

                    Assert.Equal(messages.Length, scan.RecordsRead);
                    Assert.Equal(NaiveMatching.Count(selection.Subjects, read), NaiveMatching.Count(scan.Subjects));
                    Assert.Equal(
                        read.Where(m => !NaiveMatching.Removes(selection, m)).Select(ApacheAvro.Describe),
                        CaptureFile.Read(result).Select(ApacheAvro.Describe)
                    );
                    Assert.Equal(rewrite.KeptDigest, (await Archive.ScanAsync(result, selection.Subjects)).Digest);
                },
                iter: Repetitions.Of(100)
            );
}
