using IotHubDsr.Benchmarks.Crash;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>A blob that ends every process that reads it: how many are lost until it is given up, and what its location then is.</summary>
internal static class PoisonRow
{
    private const string Device = "dev1";

    private static readonly BenchmarkRow s_row = new("poison", 0, "processes", 3, AtMost: true);

    public static async Task RunAsync(AzuriteServer azurite, Action<BenchmarkRow> report)
    {
        await using CrashWorld world = await CrashWorld.StartAsync(1, StartedClock.MiddleOfAnHour(), inContainer: true, clockRate: 1);
        EngineAccount account = await azurite.OpenAccountAsync();
        ContainerTruth place = world.Server.World.Truth.Containers[0];
        string blob = world.ContainerOf(place.Account, place.Container).List()[0].Name;
        string poison = $"/{place.Container}/{blob}";
        var order = new ScaleOrder(world.Sandbox, world.Store, account) { Now = world.Clock.GetUtcNow(), PatienceSeconds = 3_600 };
        await using var fleet = new WorkerFleet(order);
        await fleet.StartAsync(1);
        int lost = 0;
        List<Task> replaced = [];
        world.Server.RequestLog.Observer = request =>
        {
            if (request is not { Status: 0, Method: "GET" } || Uri.UnescapeDataString(request.Target.Split('?')[0]) != poison)
                return;
            lock (replaced)
            {
                if (!fleet.Names.Contains(request.ClientRequestId))
                    return;
                fleet.Kill(request.ClientRequestId);
                lost++;
                replaced.Add(Task.Run(() => fleet.StartAsync(1)));
            }
        };
        EngineSession session = await EngineSession.ConnectAsync(
            world.Sandbox,
            world.Store,
            world.Clock,
            EngineSession.UsualLimit,
            engines: new EngineOnAzurite(account.ToStorage())
        );
        List<DeviceDataFinding> findings = [];
        await session.FindAsync([Device], findings.Add, noIndex: true);
        world.Server.RequestLog.Observer = null;
        await Task.WhenAll(replaced);
        Verdict verdict = findings.Single(one => one.Place == $"{place.Account}/{place.Container}").Verdict;
        await Console.Error.WriteLineAsync(
            $"   {lost} processes, then {verdict}; {string.Join(", ", session.Faults.Select(static one => one.Id))}"
        );
        Require.That(verdict == Verdict.Unreachable, $"The location of the poison is {verdict}.");
        Require.That(
            findings.Count(static one => one.Verdict == Verdict.Unreachable && one.Kind == "RoutedBlobContainer") == 1,
            "Other locations are unreachable, too."
        );
        report(s_row with { Value = lost });
    }
}
