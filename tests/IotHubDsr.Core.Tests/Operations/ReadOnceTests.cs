using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What an operation asks for once, although several of its parts go by it.</summary>
public sealed class ReadOnceTests
{
    private const string Device = "dev1";

    [Fact]
    public async Task Plan_RegistryAndQueue_GoByOneReadingOfTheIdentity()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        await sandbox.PlanAsync(Device);

        Assert.Equal(1, IdentityReads(sandbox));
    }

    [Fact]
    public async Task Erase_RegistryAndQueue_AreVerifiedByOneReadingOfTheTwin()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        List<ErasureReceipt> receipts = await EraseAsync(sandbox);

        Assert.Equal(1, TwinReads(sandbox));
        AssertGone(receipts);
    }

    [Fact]
    public async Task Erase_TwinCannotBeRead_IdentityDecides()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        List<ErasureReceipt> receipts = await EraseAsync(
            sandbox,
            new FaultRule
            {
                Service = "hub",
                PathContains = $"/twins/{Device}",
                Status = 403,
                Times = int.MaxValue,
            }
        );

        AssertGone(receipts);
    }

    /// <summary>Reads of twins are logged, and would be found by the next look.</summary>
    [Fact]
    public async Task Verify_ErasedDevice_RegistryAndQueueGoByOneReadingOfTheIdentity()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await EraseAsync(sandbox);
        sandbox.Server.RequestLog.Clear();

        List<ErasureReceipt> again = await sandbox.VerifyAsync(receipts[0].RequestId);

        Assert.Equal((1, 0), (IdentityReads(sandbox), TwinReads(sandbox)));
        AssertGone(again);
    }

    private static async Task<List<ErasureReceipt>> EraseAsync(RequestSandbox sandbox, FaultRule? fault = null)
    {
        ErasurePlan plan = await sandbox.PlanAsync(Device);
        sandbox.Server.RequestLog.Clear();
        if (fault is not null)
            sandbox.Server.Faults.Add(fault);
        return await sandbox.EraseAsync(plan);
    }

    private static void AssertGone(List<ErasureReceipt> receipts) =>
        Assert.All(
            receipts.Where(receipt => receipt.Location.Kind is LocationKinds.DeviceRegistry or LocationKinds.CloudToDeviceQueue),
            receipt => Assert.True(receipt.Verdict is Verdict.Absent or Verdict.Erased)
        );

    private static int IdentityReads(RequestSandbox sandbox) => Reads(sandbox, $"/devices/{Device}?");

    private static int TwinReads(RequestSandbox sandbox) => Reads(sandbox, $"/twins/{Device}?");

    private static int Reads(RequestSandbox sandbox, string target) =>
        sandbox
            .Server.RequestLog.After(0)
            .Count(request => request is { Service: "hub", Method: "GET" } && request.Target.StartsWith(target, StringComparison.Ordinal));
}
