namespace IotHubDsr.Benchmarks;

/// <summary>Measurements that are made together.</summary>
internal interface IBenchmarkFamily
{
    string Name { get; }

    string Description { get; }

    Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report);
}
