using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Footprints;

public sealed class FootprintTests
{
    [Fact]
    public void Footprint_OfEveryDevice_CountsWhatTheWorldHolds()
    {
        using ModuleSession session = ModuleSession.Connected();
        WorldTruth world = session.Sandbox.World;

        ModuleOutcome outcome = session.Run("param($ids) $ids | Get-IotDeviceDataFootprint", world.Devices);

        List<string> expected = [.. world.Devices.SelectMany(device => world.Containers.Select(
            container => $"{device} {container.Place} {container.Of(device).Direct + container.Of(device).Attributed}"))];
        IEnumerable<string> actual = outcome.Output.Where(finding => finding.Text("Kind") == "RoutedBlobContainer").Select(
            finding => $"{finding.Text("DeviceId")} {finding.Text("Place")} {Current(finding) + finding.Number("RelayedRecords")}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        Assert.True(world.Containers.Sum(container => container.Of("it's").Direct) > 0);
    }

    private static long Current(PSObject finding) => finding.Number("Records") - finding.Number("OldCopyRecords");
}
