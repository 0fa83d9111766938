using System.Globalization;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>
/// Erases 100 registered devices, some of which have modules or queued messages. An operation weighs what it takes of a hub's minute: of
/// an S1 hub, one of 100 for identities, 20 for queries, 6,000 for twins. A bulk call counts its devices.
/// </summary>
internal sealed class RegistryJob : IJob
{
    private const int Devices = 100;

    private static readonly BenchmarkRow Operations = new("registry_operations_per_device", 0, "operations", 4, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Operations];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        int devices = sizes.Of(Devices);
        await using RoutedArchive archive = await RoutedArchive.StartAsync("--scale", "5");
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        IReadOnlyDictionary<string, long> before = await archive.Sandbox.HubOperationsAsync();
        await archive.Sandbox.ClearLogAsync();
        await worker.PlanAsync([
            .. Enumerable.Range(1, devices).Select(number => string.Create(CultureInfo.InvariantCulture, $"th-{number:D3}")),
        ]);
        JobReport erased = await worker.EraseAsync();
        Require.That(erased.Records >= devices, "Not each device was erased.");
        var taken = (await archive.Sandbox.HubOperationsAsync()).ToDictionary(
            kind => kind.Key,
            kind => kind.Value - before.GetValueOrDefault(kind.Key)
        );
        await TellAsync(await archive.Sandbox.LogAsync(), taken);
        report(Operations with { Value = taken.Sum(kind => kind.Value * WeightOf(kind.Key)) / devices });
    }

    private static double WeightOf(string kind) =>
        Enum.Parse<ThrottledOperation>(kind) switch
        {
            ThrottledOperation.Query or ThrottledOperation.Configurations => 5,
            ThrottledOperation.TwinRead => 1 / 60.0,
            ThrottledOperation.TwinWrite => 1 / 30.0,
            _ => 1,
        };

    private static async Task TellAsync(IReadOnlyList<LoggedRequest> log, Dictionary<string, long> taken)
    {
        await Console.Error.WriteLineAsync($"   {string.Join(", ", taken.Select(kind => $"{kind.Value} {kind.Key}"))}");
        foreach ((string request, int count) in log.Where(request => request.Service == "hub").CountBy(Pattern))
            await Console.Error.WriteLineAsync($"   {count} {request}");
    }

    private static string Pattern(LoggedRequest request)
    {
        string[] segments = request.Target.Split('?')[0].Split('/');
        return $"{request.Method} {string.Join('/', segments.Select((segment, index) => index is 2 or 4 ? "*" : segment))}";
    }
}
