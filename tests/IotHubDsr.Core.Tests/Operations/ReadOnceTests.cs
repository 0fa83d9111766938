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
    public async Task Verify_RegistryAndQueue_GoByOneReadingOfTheIdentity()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync(Device));
        sandbox.Server.RequestLog.Clear();

        List<ErasureReceipt> again = await sandbox.VerifyAsync(receipts[0].RequestId);

        Assert.Equal(1, IdentityReads(sandbox));
        Assert.All(
            again.Where(receipt => receipt.Location.Kind is LocationKinds.DeviceRegistry or LocationKinds.CloudToDeviceQueue),
            receipt => Assert.True(receipt.Verdict is Verdict.Absent or Verdict.Erased)
        );
    }

    private static int IdentityReads(RequestSandbox sandbox) =>
        sandbox
            .Server.RequestLog.After(0)
            .Count(request =>
                request is { Service: "hub", Method: "GET" } && request.Target.StartsWith($"/devices/{Device}?", StringComparison.Ordinal)
            );
}
