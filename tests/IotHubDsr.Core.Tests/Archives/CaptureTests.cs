using CsCheck;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Event Hubs Capture: found and removed as Apache's library reads it.</summary>
public sealed class CaptureTests
{
    [Fact]
    public Task Capture_Any_IsFoundAndRemovedAsApacheReadsIt()
        => Gen.Select(MessageGen.Messages, MessageGen.Selection, Gen.Int, Gen.Int).SampleAsync(
            async (messages, selection, seed, chunks) =>
            {
                var file = CaptureFile.Write(messages, seed);
                var read = CaptureFile.Read(file);
                var scan = await Archive.ScanAsync(file, selection.Subjects, new CollectingSink(), chunks);
                var (rewrite, result) = await Archive.RewriteAsync(file, selection, chunks);

                Assert.Equal(messages.Length, scan.RecordsRead);
                Assert.Equal(NaiveMatching.Count(selection.Subjects, read), NaiveMatching.Count(scan.Subjects));
                Assert.Equal(
                    read.Where(m => !NaiveMatching.Removes(selection, m)).Select(ApacheAvro.Describe),
                    CaptureFile.Read(result).Select(ApacheAvro.Describe));
                Assert.Equal(rewrite.KeptDigest, (await Archive.ScanAsync(result, selection.Subjects)).Digest);
            },
            iter: 200);
}
