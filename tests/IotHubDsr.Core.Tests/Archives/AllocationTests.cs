using IotHubDsr.Archives;

namespace IotHubDsr.Core.Tests.Archives;

public sealed class AllocationTests
{
    private const int Records = 4_000;

    [Theory]
    [InlineData("avro")]
    [InlineData("deflate")]
    [InlineData("json")]
    public async Task Scan_UnmatchedRecords_AllocatesNothingForEach(string format)
    {
        var subjects = new SubjectIndex(Enumerable.Range(0, 1_000).Select(i => $"absent-{i:d5}"));
        var once = Write(format, Records);
        var twice = Write(format, 2 * Records);
        await AllocatedAsync(twice, subjects);

        var difference = await AllocatedAsync(twice, subjects) - await AllocatedAsync(once, subjects);

        // A block may take a decoder, and in a debug build a state machine; a byte for each record would be more than all that.
        Assert.InRange(difference, long.MinValue, Records - 1);
    }

    private static byte[] Write(string format, int count)
    {
        var messages = Enumerable.Range(0, count).Select(i => Message.From($"device-{i:d5}", ("deviceId", $"device-{i:d5}"), ("alert", "true")));
        return format is "json" ? JsonLine.Write(messages, seed: 5) : ApacheAvro.Write(messages, format is "deflate", syncEvery: 1_000);
    }

    private static async Task<long> AllocatedAsync(byte[] file, SubjectIndex subjects)
    {
        using var source = new ArchiveSource(new MemoryStream(file));
        var format = await ArchiveFormats.DetectAsync(source, CancellationToken.None);

        // The source completes every read at once, so that all of the scan runs on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var scan = await format.ScanAsync(source, new ScanRequest(subjects, WithDigest: true), CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Empty(scan.Subjects);
        Assert.NotEqual(0, scan.RecordsRead);
        return allocated;
    }
}
