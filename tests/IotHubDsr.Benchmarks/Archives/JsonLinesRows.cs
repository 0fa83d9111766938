using IotHubDsr.Core.Records;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>Routed messages as JSON lines.</summary>
internal static class JsonLinesRows
{
    private const int Rounds = 7;
    private const int PieceBytes = 1024 * 1024;

    public static async Task RunAsync(int bytes, Action<BenchmarkRow> report)
    {
        byte[] file = ArchiveFiles.JsonLines(bytes);
        var one = new SubjectIndex([Telemetry.OneDevice]);
        var many = new SubjectIndex(Telemetry.ManyDevices(10_000));
        long expected = Scans.IndexOf(file);

        Contest contest = await Contest.RunAsync(
            Rounds,
            () => Contest.Check(expected, Scans.OursAsync(file, one)),
            () => Contest.Check(expected, Scans.Utf8Reader(file)),
            () => Contest.Check(expected, Scans.IndexOf(file)),
            () => Contest.Check(expected, Scans.OursAsync(file, many))
        );
        report(new BenchmarkRow("jsonl_vs_utf8reader", contest.SpeedOf(0, than: 1), "ratio", 8, AtMost: false));
        report(new BenchmarkRow("jsonl_vs_indexof", contest.SpeedOf(0, than: 2), "ratio", 0.5, AtMost: false));
        report(new BenchmarkRow("subjects_10k_jsonl", contest.SpeedOf(0, than: 3), "ratio", 2.5, AtMost: true));
        await RunArrayAsync(bytes, report);
    }

    /// <summary>Records in an array have no line that ends them.</summary>
    private static async Task RunArrayAsync(int bytes, Action<BenchmarkRow> report)
    {
        byte[] file = ArchiveFiles.JsonArray(bytes);
        var one = new SubjectIndex([Telemetry.OneDevice]);
        long expected = Scans.IndexOf(file);
        Contest contest = await Contest.RunAsync(
            Rounds,
            () => Contest.Check(expected, Scans.OursAsync(file, one)),
            () => Contest.Check(expected, Scans.Utf8ReaderInPieces(file, PieceBytes))
        );
        report(new BenchmarkRow("jsonarray_vs_utf8reader", contest.SpeedOf(0, than: 1), "ratio", 1.5, AtMost: false));
    }
}
