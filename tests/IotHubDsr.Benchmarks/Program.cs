using IotHubDsr.Benchmarks;
using IotHubDsr.Benchmarks.Archives;
using IotHubDsr.Benchmarks.Crash;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Benchmarks.EventHubs;
using IotHubDsr.Benchmarks.Footprints;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Benchmarks.Rivals;
using IotHubDsr.Benchmarks.Scale;
using IotHubDsr.Benchmarks.ServiceBus;
using IotHubDsr.Benchmarks.Startup;
using IotHubDsr.Benchmarks.Throttle;

IBenchmarkFamily[] families =
[
    new ArchivesFamily(),
    new StartupFamily(),
    new CrashFamily(),
    new RivalsFamily(),
    new JobsFamily(),
    new FootprintFamily(),
    new ThrottleFamily(),
    new EventHubsFamily(),
    new ServiceBusFamily(),
    new ScaleFamily(),
];
string name = args is [{ } first, ..] ? first : "list";
if (name == ErasureWorker.Name)
    return await ErasureWorker.RunAsync(Console.In, Console.Out);
if (name == JobWorker.Name)
    return await JobWorker.RunAsync(Console.In, Console.Out);
if (name == ScaleWorker.Name)
    return await ScaleWorker.RunAsync(Console.In, Console.Out);
if (name == TwoMillionRow.WorkerName)
    return await TwoMillionRow.WorkAsync(Console.In, Console.Out);
if (name == "list")
{
    foreach (IBenchmarkFamily known in families)
        await Console.Out.WriteLineAsync($"{known.Name}: {known.Description}");
    return 0;
}

if (families.FirstOrDefault(candidate => candidate.Name == name) is not { } family)
{
    await Console.Error.WriteLineAsync($"There is no family '{name}'; 'list' names all.");
    return 64;
}

await family.RunAsync(args[1..], row => Console.Out.WriteLine(row.ToJson()));
return 0;
