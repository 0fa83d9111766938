using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>What nobody does on purpose: rights that go and come, a service that fails for a moment, time.</summary>
internal static class Circumstances
{
    public static Rival Rights(Random random)
    {
        string[] rights =
        [
            "hub:RegistryRead",
            "hub:RegistryWrite",
            "hub:ServiceConnect",
            $"blob:{WorldNames.PlainAccount}/raw-json",
            $"blob:{WorldNames.PlainAccount}",
            $"blob:{WorldNames.VersionedAccount}/cold-archive",
            $"blob:{WorldNames.UploadAccount}/{WorldNames.UploadContainer}",
            $"blob:{WorldNames.UploadAccount}/insights-logs-connections",
        ];
        string right = rights[random.Next(rights.Length)];
        return new Rival($"the right {right} is taken", run =>
        {
            run.World.Server.Access.Denied = [.. run.World.Server.Access.Denied, right];
            run.Later(random, new Rival($"the right {right} is given back", GiveBack));
        });
    }

    public static void GiveBack(RivalRun run) => run.World.Server.Access.Denied = [];

    public static Rival Weather(Random random) => new("a service fails", run => run.World.Server.Faults.Add(
                new FaultRule
                {
                    Service = random.Next(3) == 0 ? "hub" : "blob",
                    Skip = random.Next(5),
                    Times = random.Next(1, 3),
                    Status = random.Next(2) == 0 ? 503 : null,
                    Reset = random.Next(2) == 0,
                }
            ));

    /// <summary>Time passes: what the hub has kept to write is written.</summary>
    public static Rival Time(Random random) =>
        new("minutes pass", run => run.World.Clock.Skip(TimeSpan.FromSeconds(random.Next(30, 1200))));
}
