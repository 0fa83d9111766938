using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>
/// What a scan allocates for a record that concerns no subject: the difference between a file and one twice as long, divided by the
/// records more. The row is the format that does worst.
/// </summary>
internal static class AllocationRow
{
    private const int Bytes = 4 * 1024 * 1024;
    private const int Attempts = 5;

    public static async Task<BenchmarkRow> MeasureAsync()
    {
        double worst = 0;
        foreach (
            Func<int, byte[]> format in new Func<int, byte[]>[]
            {
                bytes => ArchiveFiles.Avro(bytes, "null"),
                bytes => ArchiveFiles.Avro(bytes, "deflate"),
                ArchiveFiles.JsonLines,
            }
        )
        {
            worst = Math.Max(worst, await MeasureAsync(format(Bytes), format(2 * Bytes)));
        }

        return new BenchmarkRow("alloc_bytes_per_record", worst, "bytes", 0, AtMost: true);
    }

    private static async Task<double> MeasureAsync(byte[] once, byte[] twice)
    {
        await AllocatedAsync(twice);
        (long fewer, long fewerRecords) = await AllocatedAsync(once);
        (long more, long moreRecords) = await AllocatedAsync(twice);
        return Math.Max(0, (more - fewer) / (double)(moreRecords - fewerRecords));
    }

    /// <summary>The least of several scans, as the runtime itself may allocate during one.</summary>
    private static async Task<(long Bytes, long Records)> AllocatedAsync(byte[] file)
    {
        var subjects = new SubjectIndex(["absent"]);
        long least = long.MaxValue;
        long records = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            using var source = new ArchiveSource(file);
            IArchiveFormat format = await ArchiveFormats.DetectAsync(source, CancellationToken.None);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ArchiveScan scan = await format.ScanAsync(source, new ScanRequest(subjects), CancellationToken.None);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            records = scan.RecordsRead;
        }

        return (least, records);
    }
}
