using IotHubDsr.Archives;

namespace IotHubDsr.Core.Tests.Archives;

public sealed class AllocationTests
{
    private const int Records = 4_000;

    [Theory]
    [InlineData("avro", true)]
    [InlineData("deflate", true)]
    [InlineData("json", true)]
    [InlineData("json", false)]
    public async Task Scan_UnmatchedRecords_AllocatesNothingForEach(string format, bool digest)
    {
        var subjects = new SubjectIndex(Enumerable.Range(0, 1_000).Select(i => $"absent-{i:d5}"));
        var once = Write(format, Records);
        var twice = Write(format, 2 * Records);
        await AllocatedAsync(twice, subjects, digest);

        var difference = await AllocatedAsync(twice, subjects, digest) - await AllocatedAsync(once, subjects, digest);

        // A block may take a decoder, and in a debug build a state machine; a byte for each record would be more than all that.
        Assert.InRange(difference, long.MinValue, Records - 1);
    }

    private static byte[] Write(string format, int count)
    {
        var messages = Enumerable.Range(0, count)
            .Select(i => Message.From($"device-{i:d5}", ("deviceId", $"device-{i:d5}"), ("alert", "true")));
        return format is "json" ? JsonLine.Write(messages, seed: 5) : ApacheAvro.Write(messages, format is "deflate", syncEvery: 1_000);
    }

    private static async Task<long> AllocatedAsync(byte[] file, SubjectIndex subjects, bool digest)
    {
        using var source = new ArchiveSource(new MemoryStream(file));
        var format = await ArchiveFormats.DetectAsync(source, CancellationToken.None);

        // The source completes every read at once, so that all of the scan runs on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var scan = await format.ScanAsync(source, new ScanRequest(subjects, WithDigest: digest), CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Empty(scan.Subjects);
        Assert.NotEqual(0, scan.RecordsRead);
        return allocated;
    }
}
