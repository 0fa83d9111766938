using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>Event hubs in a whole request: what cannot be erased is dated, and looked for again when its time is over.</summary>
public sealed class EventHubRequestTests
{
    private const string Device = "dev1";

    [Fact]
    public async Task Request_DatesWhatExpires_AndFindsNothingAfterwards()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        DateTimeOffset now = sandbox.Server.World.Clock.GetUtcNow();
        ErasurePlan plan = await sandbox.PlanAsync(Device);

        List<ErasureReceipt> receipts = [.. (await sandbox.EraseAsync(plan)).Where(IsOfEventHub)];

        Assert.Contains(receipts, one => one.Kind == LocationKinds.BuiltInEndpoint);
        Assert.Contains(receipts, one => one.Place == $"{WorldNames.EventsNamespace}/{WorldNames.AnalyticsHub}");
        Assert.Contains(receipts, one => one.Place == $"{WorldNames.EventsNamespace}/insights-logs-connections");

        // The hub's record of the deletion can still arrive: nobody is absent yet.
        Assert.All(receipts, one => Assert.True(one.Verdict is Verdict.Expiring or Verdict.ErasurePending, $"{one}"));
        List<ErasureReceipt> dated = [.. receipts.Where(one => one.Verdict == Verdict.Expiring)];
        Assert.True(dated.Count > 2);
        Assert.All(dated, one => Assert.InRange(one.Until!.Value, now, now.AddDays(8)));

        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(9));
        DataRequest request = await sandbox.RequestAsync();
        List<ErasureReceipt> later = [.. (await sandbox.ResumeAsync(request.RequestId)).Where(IsOfEventHub)];

        Assert.NotEmpty(later);
        Assert.All(later, one => Assert.Equal(Verdict.Absent, one.Verdict));
    }

    [Fact]
    public async Task EventHub_IsReadFromResourceManagerOnceACommand_AndItsRetentionIsThatOfTheLast()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        const string place = $"{WorldNames.EventsNamespace}/{WorldNames.AnalyticsHub}";
        string id = $"{sandbox.Server.World.Names.EventHubsId}/eventhubs/{WorldNames.AnalyticsHub}";
        EventHub hub = sandbox.Server.World.Messaging.EventHubs(WorldNames.EventsNamespace).Find(WorldNames.AnalyticsHub)!;
        int reads = Reads();

        ErasurePlan plan = await sandbox.PlanAsync(Device);
        Assert.Equal(reads + 1, Reads());
        ErasureReceipt planned = (await sandbox.EraseAsync(plan)).Single(one => one.Place == place);
        hub.Options = hub.Options with { Retention = hub.Options.Retention + TimeSpan.FromDays(23) };
        DataRequest request = await sandbox.RequestAsync();
        ErasureReceipt resumed = (await sandbox.ResumeAsync(request.RequestId)).Single(one => one.Place == place);

        Assert.Equal((Verdict.Expiring, planned.Until + TimeSpan.FromDays(23)), (resumed.Verdict, resumed.Until));

        int Reads() =>
            sandbox
                .Server.RequestLog.After(0)
                .Count(request => request.Target.Split('?')[0].Equals(id, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task EventHub_ThatCannotBeRead_LeavesTheOtherVerdictsAsTheyAre()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<DeviceDataFinding> all = await sandbox.FindAsync(Device);
        string space = sandbox.Server.World.Names.EventHubsId;
        sandbox.Server.Access.Denied =
        [
            $"messaging:{WorldNames.EventsNamespace}/{WorldNames.AnalyticsHub}",
            $"arm:{space}/authorizationRules",
            $"arm:{space}/eventhubs/{WorldNames.AnalyticsHub}/authorizationRules",
        ];

        List<DeviceDataFinding> some = await sandbox.FindAsync(Device);

        string[] changed = [.. all.Zip(some).Where(pair => pair.First.Verdict != pair.Second.Verdict).Select(pair => pair.First.Place)];
        Assert.Equal([$"{WorldNames.EventsNamespace}/{WorldNames.AnalyticsHub}"], changed);
        Assert.Equal(Verdict.Unreachable, some.Single(one => one.Place == changed[0]).Verdict);
    }

    private static bool IsOfEventHub(ErasureReceipt receipt) => receipt.Kind is LocationKinds.EventHub or LocationKinds.BuiltInEndpoint;
}
