using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Footprints;

public sealed class FootprintTests
{
    [Fact]
    public void Footprint_OfEveryDevice_CountsWhatTheWorldHolds()
    {
        using var session = ModuleSession.Connected();
        WorldTruth world = session.Sandbox.World;

        ModuleOutcome outcome = session.Run("param($ids) $ids | Get-IotDeviceDataFootprint", world.Devices);

        List<string> expected =
        [
            .. world.Devices.SelectMany(device =>
                world.Containers.Select(container => $"{device} {container.Place} {Own(container, device)}")
            ),
        ];
        IEnumerable<string> actual = outcome
            .Output.Where(finding => finding.Text("Kind") == "RoutedBlobContainer")
            .Select(finding => $"{finding.Text("DeviceId")} {finding.Text("Place")} {Current(finding)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        Assert.All(world.Devices, device => Assert.True(world.Containers.Sum(container => Own(container, device)) > 0));
    }

    [Fact]
    public void Footprint_OfAGateway_CountsWhatItRelayedAsTheDataOfOthers()
    {
        using var session = ModuleSession.Connected();
        ContainerTruth container = session.Sandbox.World.Containers.Single(container => container.Endpoint == "raw-json");

        PSObject finding = session.Run("Get-IotDeviceDataFootprint gw-1 | Where-Object Place -eq contosorouted/raw-json").Single();

        Assert.True(container.Of("leaf-1").Attributed > 0);
        Assert.Equal(container.Of("leaf-1").Attributed, finding.Number("RelayedRecords"));
        Assert.Equal(container.Of("gw-1").Direct - container.Of("leaf-1").Attributed, finding.Number("Records"));
    }

    [Fact]
    public void Footprint_CountsOldVersionsApart()
    {
        using var session = ModuleSession.Connected();
        WorldTruth world = session.Sandbox.World;

        ModuleOutcome outcome = session.Run("Get-IotDeviceDataFootprint dev1 | Where-Object Kind -eq RoutedBlobContainer");

        foreach (PSObject finding in outcome.Output)
        {
            int retained = world.Containers.Single(container => container.Place == finding.Text("Place")).Of("dev1").Retained;
            // One of the retained blobs is soft-deleted and cannot be read: that is said, and not counted.
            Assert.InRange(finding.Number("OldCopyRecords"), retained == 0 ? 0 : 1, Math.Max(0, retained - 1));
            Assert.Equal(retained > 0, finding.Text("Detail").Contains("soft-deleted", StringComparison.Ordinal));
        }
    }

    /// <summary>What a device sent, without what it relayed, and what was sent in its name.</summary>
    private static int Own(ContainerTruth container, string device) =>
        container.Of(device).Direct + container.Of(device).Attributed - (device == "gw-1" ? container.Of("leaf-1").Attributed : 0);

    private static long Current(PSObject finding) => finding.Number("Records") - finding.Number("OldCopyRecords");
}
