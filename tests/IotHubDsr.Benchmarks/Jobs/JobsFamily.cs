using System.Globalization;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Whole jobs: what they take in time, requests and memory.</summary>
internal sealed class JobsFamily : IBenchmarkFamily
{
    private static readonly IJob[] Jobs =
    [
        new FootprintJob(),
        new SmallErasureJob(),
        new LargeErasureJob(),
        new VerificationJob(),
        new SmallBlobsJob(),
        new FindingsJob(),
        new SubjectsJob(),
        new SeededFleetJob(),
        new FleetJob(),
        new RegistryJob(),
        new ParallelLocationsJob(),
        new JournalJob(),
    ];

    public string Name => "jobs";

    public string Description =>
        "time, requests and memory of whole jobs; takes rows or their first letters, and '/N', which divides the sizes, for a quick look";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        int divisor = arguments
            .Where(argument => argument.StartsWith('/'))
            .Select(argument => int.Parse(argument[1..], CultureInfo.InvariantCulture))
            .FirstOrDefault(1);
        List<string> names = [.. arguments.Where(argument => !argument.StartsWith('/'))];
        if (names.Find(name => !Jobs.Any(job => Measures(job, name))) is { } unknown)
        {
            string known = string.Join(", ", Jobs.SelectMany(job => job.Rows).Select(row => row.Row));
            throw new ArgumentException($"No row begins with '{unknown}'. The rows: {known}.");
        }

        foreach (IJob job in Jobs.Where(job => names.Count == 0 || names.Exists(name => Measures(job, name))))
        {
            await Console.Error.WriteLineAsync($"-- {string.Join(", ", job.Rows.Select(row => row.Row))}");
            await job.RunAsync(new JobSizes(divisor), report);
        }
    }

    private static bool Measures(IJob job, string name) => job.Rows.Any(row => row.Row.StartsWith(name, StringComparison.Ordinal));
}

/// <summary>A job that is measured in one or more rows.</summary>
internal interface IJob
{
    /// <summary>The rows, without values.</summary>
    IReadOnlyList<BenchmarkRow> Rows { get; }

    Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report);
}

/// <summary>How large the jobs are.</summary>
/// <param name="Divisor">1 for the sizes that the bars are for.</param>
internal readonly record struct JobSizes(int Divisor)
{
    public int Of(int full, int least = 1) => Math.Max(least, full / Divisor);
}
