using IotHubDsr.Core.Records;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>Routed Avro, not compressed.</summary>
internal static class AvroRows
{
    // A pass takes a tenth of a second: many rounds outlast what a neighbour does to the memory meanwhile.
    private const int Rounds = 25;
    private const int SlowRounds = 5;

    /// <summary>How often the fast contender runs for each time that the slow one does.</summary>
    private const int FastPasses = 8;

    public static async Task RunAsync(int bytes, Action<BenchmarkRow> report)
    {
        byte[] file = ArchiveFiles.Avro(bytes, "null");
        var one = new SubjectIndex([Telemetry.OneDevice]);
        var many = new SubjectIndex(Telemetry.ManyDevices(10_000));
        long expected = Scans.IndexOf(file);

        Contest apache = await Contest.RunAsync(
            SlowRounds,
            () => Contest.RepeatAsync(FastPasses, () => Contest.Check(expected, Scans.OursAsync(file, one))),
            () => Contest.Check(expected, Scans.Apache(file))
        );
        report(new BenchmarkRow("avro_null_vs_apache", FastPasses * apache.SpeedOf(0, than: 1), "ratio", 18, AtMost: false));

        Contest search = await Contest.RunAsync(
            Rounds,
            () => Contest.Check(expected, Scans.OursAsync(file, one)),
            () => Contest.Check(expected, Scans.IndexOf(file)),
            () => Contest.Check(expected, Scans.OursAsync(file, many))
        );
        report(new BenchmarkRow("avro_null_vs_indexof", search.SpeedOf(0, than: 1), "ratio", 0.7, AtMost: false));
        report(new BenchmarkRow("subjects_10k_avro", search.SpeedOf(0, than: 2), "ratio", 1.4, AtMost: true));
    }
}
