using System.Text;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>A whole request where another hub of the subscription routes to the same event hub, and has a device of the same ID.</summary>
public sealed class SharedEventHubRequestTests
{
    private const string Device = "dev1";
    private const string Place = $"{WorldNames.EventsNamespace}/{WorldNames.AnalyticsHub}";

    [Fact]
    public async Task OtherHubsDevice_IsNeitherCountedNorExported_AndIsSaidOnceTheSubjectIsGone()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        long alone = (await FindAsync(sandbox)).RecordCount;
        sandbox.Server.World.NeighbourSharesEntities = true;
        DeviceDataFinding before = await FindAsync(sandbox);
        Send(sandbox, 5);

        DeviceDataFinding after = await FindAsync(sandbox);
        DataExport export = await sandbox.ExportAsync(Device);
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync(Device));

        Assert.InRange(before.RecordCount, 1, alone);
        Assert.Equal((Verdict.Expiring, before.RecordCount), (after.Verdict, after.RecordCount));
        Assert.Contains("hub 'fabrikam-hub' routes messages to the same place", after.Location.Provenance);
        Assert.Contains("Hub 'fabrikam-hub' also writes to the place", after.Detail, StringComparison.Ordinal);
        Assert.Equal(before.RecordCount, export.Completeness.Single(line => line.Place == Place).Included);
        Assert.Equal(Verdict.Expiring, receipts.Single(one => one.Place == Place).Verdict);

        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(9));
        string requestId = (await sandbox.RequestAsync()).RequestId;
        ErasureReceipt gone = (await sandbox.ResumeAsync(requestId)).Single(one => one.Place == Place);
        Send(sandbox, 1);
        ErasureReceipt theirs = (await sandbox.ResumeAsync(requestId)).Single(one => one.Place == Place);

        Assert.Equal(Verdict.Absent, gone.Verdict);
        Assert.Equal(Verdict.OwnerAction, theirs.Verdict);
        Assert.Contains("1 record of the device ID tells neither", theirs.Detail, StringComparison.Ordinal);
    }

    private static async Task<DeviceDataFinding> FindAsync(RequestSandbox sandbox) =>
        (await sandbox.FindAsync(Device)).Single(found => found.Place == Place);

    /// <summary>Messages of the other hub's device, just taken in.</summary>
    private static void Send(RequestSandbox sandbox, int count)
    {
        EventHub hub = sandbox.Server.World.Messaging.EventHubs(WorldNames.EventsNamespace).Find(WorldNames.AnalyticsHub)!;
        for (int i = 0; i < count; i++)
        {
            DateTimeOffset now = sandbox.Server.World.Clock.GetUtcNow();
            EventHubSandbox.Route(hub, new RoutedMessage(now, Device, "theirs", Encoding.UTF8.GetBytes("{}")) { IsJson = true });
        }
    }
}
