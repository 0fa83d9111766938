using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>A container in a whole request: erased, and dated until the backup of the account has let go of it.</summary>
public sealed class DocumentRequestTests
{
    private const string Device = "dev1";

    [Fact]
    public async Task Request_ErasesTheDocuments_AndIsSettledWhenTheBackupIsOver()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        long planted = Assert.Single(sandbox.Server.World.Truth.Documents).Records[Device].Direct;

        ErasureReceipt erased = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        DateTimeOffset until = clock.GetUtcNow().AddDays(7);

        Assert.Equal((Verdict.Expiring, planted, 0L), (erased.Verdict, erased.RecordsErased, erased.RecordsRemaining));
        Assert.InRange(erased.Until!.Value, until.AddMinutes(-5), until.AddMinutes(1));

        // Looking again before that settles nothing, and moves nothing.
        clock.Advance(TimeSpan.FromDays(3));
        string requestId = (await sandbox.RequestAsync()).RequestId;
        ErasureReceipt early = ReceiptOf(await sandbox.ResumeAsync(requestId));
        clock.Advance(TimeSpan.FromDays(5));
        ErasureReceipt late = ReceiptOf(await sandbox.ResumeAsync(requestId));
        ErasureReceipt later = ReceiptOf(await sandbox.ResumeAsync(requestId));

        Assert.Equal((Verdict.Expiring, erased.Until), (early.Verdict, early.Until));
        Assert.Equal(
            [(Verdict.Erased, planted), (Verdict.Erased, planted)],
            new[] { late, later }.Select(one => (one.Verdict, one.RecordsErased ?? 0))
        );
    }

    [Fact]
    public async Task Message_ThatArrivesLate_IsErasedUnderThePlan_AndTheDateMovesWithIt()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        var target = new CosmosTarget(sandbox.Server.World.Cosmos, CosmosEndpoint.Telemetry);
        string generation = sandbox.Server.World.Registry.Device(Device).GenerationId;
        ErasurePlan plan = await sandbox.PlanAsync(Device);
        ErasureReceipt first = ReceiptOf(await sandbox.EraseAsync(plan));

        target.Accept(new RoutedMessage(plan.CreatedAt, Device, generation, "{}"u8.ToArray()) { IsJson = true });
        clock.Advance(TimeSpan.FromDays(8));
        ErasureReceipt resumed = ReceiptOf(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId));

        Assert.Equal(first.RecordsErased + 1, resumed.RecordsErased);
        Assert.Equal(Verdict.Expiring, resumed.Verdict);
        Assert.True(resumed.Until > first.Until);
    }

    [Fact]
    public async Task Container_ThatCannotBeRead_LeavesTheOtherVerdictsAsTheyAre()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<DeviceDataFinding> all = await sandbox.FindAsync(Device);
        CosmosAccount account = sandbox.Server.World.Cosmos.GetOrAddAccount(WorldNames.CosmosAccount);
        account.Options = account.Options with { AllowsKeys = false };
        sandbox.Server.Access.Denied = [$"cosmos:{WorldNames.CosmosAccount}"];

        List<DeviceDataFinding> some = await sandbox.FindAsync(Device);

        DeviceDataFinding changed = Assert.Single(all.Zip(some), pair => pair.First.Verdict != pair.Second.Verdict).Second;
        Assert.Equal((LocationKinds.CosmosContainer, Verdict.Unreachable), (changed.Kind, changed.Verdict));
    }

    private static ErasureReceipt ReceiptOf(IEnumerable<ErasureReceipt> receipts) =>
        Assert.Single(receipts, receipt => receipt.Kind == LocationKinds.CosmosContainer);
}
