using IotHubDsr.Core.Records;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>Routed Avro, deflated.</summary>
internal static class DeflateRows
{
    private const int Rounds = 5;
    private const int SlowRounds = 2;

    public static async Task RunAsync(int bytes, Action<BenchmarkRow> report)
    {
        byte[] file = ArchiveFiles.Avro(bytes, "deflate");
        IReadOnlyList<AvroBlock> blocks = await Scans.BlocksAsync(file);
        var one = new SubjectIndex([Telemetry.OneDevice]);
        long expected = await Scans.OursAsync(file, one);
        byte[] buffer = new byte[64 * 1024];
        long inflated = Scans.Inflate(file, blocks, buffer);

        Contest apache = await Contest.RunAsync(
            SlowRounds,
            () => Contest.Check(expected, Scans.OursAsync(file, one)),
            () => Contest.Check(expected, Scans.Apache(file))
        );
        report(new BenchmarkRow("avro_deflate_vs_apache", apache.SpeedOf(0, than: 1), "ratio", 4.5, AtMost: false));

        Contest inflate = await Contest.RunAsync(
            Rounds,
            () => Contest.Check(expected, Scans.OursAsync(file, one)),
            () => Contest.Check(inflated, Scans.Inflate(file, blocks, buffer))
        );
        report(new BenchmarkRow("avro_deflate_vs_inflate", inflate.SpeedOf(0, than: 1), "ratio", 0.8, AtMost: false));
    }
}
