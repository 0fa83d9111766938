namespace IotHubDsr.Benchmarks.Scale;

/// <summary>What one machine, or one reading, is not enough for.</summary>
internal sealed class ScaleFamily : IBenchmarkFamily
{
    public string Name => "scale";

    public string Description => "the index of devices: what it spares, what it misses, its size";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        await IndexSearch.RunAsync(report);
        await IndexReads.RunAsync(report);
    }
}
