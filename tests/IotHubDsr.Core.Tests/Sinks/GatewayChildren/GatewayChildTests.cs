using System.Text.Json.Nodes;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.GatewayChildren;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.GatewayChildren;

/// <summary>Devices whose scopes name a gateway: they are others, and are never changed.</summary>
public sealed class GatewayChildTests
{
    [Theory]
    [InlineData("ms-azure-iot-edge://gw-1-638412345678901234", "gw-1")]
    [InlineData("ms-azure-iot-edge://gw-638412345678901234", "gw")]
    [InlineData("ms-azure-iot-edge://it's-2-1", "it's-2")]
    [InlineData("ms-azure-iot-edge://gw-1-x", "gw-1-x")]
    [InlineData("ms-azure-iot-edge://gw-", "gw-")]
    [InlineData("other://gw-1-2", null)]
    public void Scope_IsOfTheDeviceBeforeItsGeneration(string scope, string? expected) =>
        Assert.Equal(expected, DeviceScope.DeviceOf(scope));

    [Fact]
    public async Task Find_GatewayWithAChild_IsOwnerAction_AlsoAfterItsDeletion_AndTheChildStaysAsItIs()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.GatewayChildren);
        var sink = new GatewayChildSink(sandbox.Hub);
        string before = sandbox.InHub(static world => world.Registry.Device(DeviceSeed.Leaf).ToIdentityJson().ToJsonString());

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(sink, DeviceSeed.Gateway, DeviceSeed.Leaf, "gw", "GW-1");
        sandbox.InHub(static world =>
        {
            world.Registry.Delete(world.Registry.Device(DeviceSeed.Gateway));
            return true;
        });
        DeviceDataFinding after = Assert.Single(await sandbox.FindAsync(sink, DeviceSeed.Gateway));

        Assert.Equal([Verdict.OwnerAction, Verdict.Absent, Verdict.Absent, Verdict.Absent], found.Select(static one => one.Verdict));
        Assert.Equal((Verdict.OwnerAction, 1L), (after.Verdict, after.RecordCount));
        Assert.DoesNotContain("leaf-1", after.Detail, StringComparison.Ordinal);
        Assert.Contains(sandbox.Events.OfType<NoticeEvent>(), static notice =>
            notice.Level == NoticeLevel.Verbose && notice.Text.Contains("'leaf-1'", StringComparison.Ordinal)
        );
        Assert.Equal(before, sandbox.InHub(static world => world.Registry.Device(DeviceSeed.Leaf).ToIdentityJson().ToJsonString()));
        Assert.All(sandbox.Sent(), static request => Assert.False(request.Mutating, request.Target));
    }

    [Fact]
    public async Task Find_HundredsOfChildren_CountsThemAllAndNamesSome()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.GatewayChildren);
        sandbox.InHub(static world =>
        {
            string scope = world.Registry.Device(DeviceSeed.Gateway).DeviceScope!;
            for (int number = 0; number < 1_500; number++)
                world.Registry.Create($"child-{number:D4}", new JsonObject { ["deviceScope"] = scope });
            return true;
        });

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(new GatewayChildSink(sandbox.Hub), DeviceSeed.Gateway));

        Assert.Equal(1_501, found.RecordCount);
        Assert.DoesNotContain("child-", found.Detail, StringComparison.Ordinal);
        Assert.Contains(sandbox.Events.OfType<NoticeEvent>(), static notice =>
            notice.Text.Contains("and 1491 more", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Find_AnAnswerFails_ThrowsAndCallsNobodyAbsent()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.GatewayChildren);
        sandbox.Fail(
            new FaultRule
            {
                PathContains = "/devices/query",
                Status = 403,
                Skip = 1,
                Times = 100,
            }
        );

        await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(new GatewayChildSink(sandbox.Hub), "nobody"));
    }

    [Fact]
    public async Task Export_CopiesNothing_AndNamesNoChild()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.GatewayChildren);

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync(
            new GatewayChildSink(sandbox.Hub),
            DeviceSeed.Gateway
        );

        Assert.Empty(target.Files);
        Assert.Equal((1L, 0L, 1L), (accounts[0].Found!.Value, accounts[0].Included, accounts[0].Withheld));
        Assert.DoesNotContain(DeviceSeed.Leaf, accounts[0].Ground, StringComparison.Ordinal);
    }
}
