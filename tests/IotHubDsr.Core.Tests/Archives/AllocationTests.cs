using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

public sealed class AllocationTests
{
    private const int Records = 4_000;

    [Theory]
    [InlineData("null", true)]
    [InlineData("deflate", true)]
    [InlineData("snappy", false)]
    [InlineData("zstandard", false)]
    [InlineData("capture", false)]
    [InlineData("json", true)]
    [InlineData("json", false)]
    [InlineData("logs", false)]
    [InlineData("array", false)]
    public async Task Scan_UnmatchedRecords_AllocatesNothingForEach(string format, bool digest)
    {
        var subjects = new SubjectIndex(Enumerable.Range(0, 1_000).Select(i => $"absent-{i:d5}"));
        byte[] once = Write(format, Records);
        byte[] twice = Write(format, 2 * Records);
        await AllocatedAsync(twice, subjects, digest);

        long difference = await AllocatedAsync(twice, subjects, digest) - await AllocatedAsync(once, subjects, digest);

        // A block may take a state machine or two in a debug build, and a buffer grows to the longest text once; no object is smaller than
        // 24 bytes.
        Assert.InRange(difference, long.MinValue, (8 * Records) - 1);
    }

    private static byte[] Write(string format, int count)
    {
        IEnumerable<Message> messages = Enumerable
            .Range(0, count)
            .Select(i => Message.From($"device-{i:d5}", ("deviceId", $"device-{i:d5}"), ("alert", "true")));
        return format switch
        {
            "json" => JsonLine.Write(messages, seed: 5),
            "logs" => ServiceRecord.WriteLines(messages, seed: 5),
            "array" => ServiceRecord.WriteArray(messages, seed: 5),
            "capture" => CaptureFile.Write(messages, seed: 5, syncEvery: 1_000),
            _ => AvroRecoding.Recode(ApacheAvro.Write(messages, syncEvery: 1_000), format),
        };
    }

    private static async Task<long> AllocatedAsync(byte[] file, SubjectIndex subjects, bool digest)
    {
        // The least of several, as pooled buffers may have been taken by other tests, or trimmed, and must be made anew.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            using var source = new ArchiveSource(file);
            IArchiveFormat format = await ArchiveFormats.DetectAsync(source, CancellationToken.None);

            // A file in memory never makes anyone wait, so that all of the scan runs on this thread.
            long before = GC.GetAllocatedBytesForCurrentThread();
            ArchiveScan scan = await format.ScanAsync(source, new ScanRequest(subjects, WithDigest: digest), CancellationToken.None);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Empty(scan.Subjects);
            Assert.NotEqual(0, scan.RecordsRead);
        }

        return least;
    }
}
