using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Erasures;

public sealed class RemoveTests
{
    private static readonly string[] Acted =
    [
        "DeviceRegistry",
        "CloudToDeviceQueue",
        "RoutedBlobContainer",
        "DeadLetterContainer",
        "LogArchive",
    ];

    [Fact]
    public void Remove_TakesTheDeviceAndLeavesItsLookAlikesToTheByte()
    {
        using var session = ModuleSession.Connected();
        var before = new ArchiveState(session.Sandbox);
        string registry = Registry(session, "Dev1", "dev10", "dev2", "it's");

        ModuleOutcome outcome = session.Run("Remove-IotDeviceData dev1 -Force");

        var after = new ArchiveState(session.Sandbox);
        Assert.True(before.CountOf("dev1") > 0);
        Assert.Equal(0, after.CountOf("dev1"));
        before.AssertOnlyLost(after, record => record.IsOf("dev1"));
        Assert.Equal(registry, Registry(session, "Dev1", "dev10", "dev2", "it's"));
        Assert.Equal(4, Receipt(outcome, "contoso-hub", "DeviceRegistry").Number("RecordsErased"));
        Assert.Empty(
            session
                .Run("Get-IotDeviceDataFootprint dev1 -ErrorAction Ignore | Where-Object { $_.Kind -eq 'DeviceRegistry' -and $_.Records }")
                .Output
        );
        Assert.Empty(session.Host.Questions);
    }

    [Fact]
    public void Receipts_TellTheTruthOfEachLocation()
    {
        using var session = ModuleSession.Connected();
        WorldTruth world = session.Sandbox.World;

        ModuleOutcome outcome = session.Run("Remove-IotDeviceData dev1 -Force");

        Assert.Equal(session.Run("Get-IotDataLocation").Output.Count, outcome.Output.Count);
        Assert.Empty(Places("Erased", "RoutedBlobContainer"));
        Assert.Equal(
            ["contosorouted/paused-archive", "contosorouted/raw-avro", "contosorouted/raw-json"],
            Places("ErasurePending", "RoutedBlobContainer")
        );
        Assert.Equal(["contosoarchive/cold-archive", "contosoarchive/raw-avro-deflate"], Places("Present", "RoutedBlobContainer"));
        foreach (ContainerTruth container in world.Containers)
        {
            PSObject receipt = Receipt(outcome, container.Place, "RoutedBlobContainer");
            Assert.Equal(container.Of("dev1").Direct + container.Of("dev1").Attributed, receipt.Number("RecordsErased"));
            Assert.Equal(container.Of("dev1").Retained > 0, receipt.Number("RecordsRemaining") > 0);
        }

        Assert.All(outcome.Output.Where(receipt => receipt.Text("Verdict") == "ErasurePending"), receipt =>
            Assert.NotNull(receipt.Get("Until"))
        );
        Assert.DoesNotContain(outcome.Output, receipt => receipt.Text("Verdict") == "Absent" && !Acted.Contains(receipt.Text("Kind")));

        IEnumerable<string> Places(string verdict, string kind) =>
            outcome
                .Output.Where(receipt => receipt.Text("Verdict") == verdict && receipt.Text("Kind") == kind)
                .Select(receipt => receipt.Text("Place"))
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public void EveryDeviceOfTheWorld_CanBeErased()
    {
        using var session = ModuleSession.Connected();
        IReadOnlyList<string> devices = session.Sandbox.World.Devices;

        session.Run("param($devices) $devices | Remove-IotDeviceData -Force -IncludeRelayed | Out-Null", devices);

        var after = new ArchiveState(session.Sandbox);
        Assert.All(after.Records.Values, Assert.Empty);
        ModuleOutcome left = session.Run(
            "param($devices) $devices | Get-IotDeviceDataFootprint -ErrorAction Ignore | Where-Object Kind -eq DeviceRegistry",
            devices
        );
        Assert.Equal(devices.Count, left.Output.Count);
        Assert.All(left.Output, finding => Assert.Equal("Absent", finding.Text("Verdict")));
    }

    [Fact]
    public void Gateway_IsErasedWithoutWhatItRelayed()
    {
        using var session = ModuleSession.Connected();
        var before = new ArchiveState(session.Sandbox);

        session.Run("Remove-IotDeviceData gw-1 -Force | Out-Null");

        var after = new ArchiveState(session.Sandbox);
        before.AssertOnlyLost(after, record => record.Sender == "gw-1" && record.AttributedTo.Count == 0);
        Assert.Equal(before.CountOf("leaf-1"), after.CountOf("leaf-1"));
    }

    [Fact]
    public void Gateway_IncludeRelayed_IsErasedWithWhatItRelayed()
    {
        using var session = ModuleSession.Connected();
        var before = new ArchiveState(session.Sandbox);

        session.Run("Remove-IotDeviceData gw-1 -Force -IncludeRelayed | Out-Null");

        before.AssertOnlyLost(new ArchiveState(session.Sandbox), record => record.Sender == "gw-1");
    }

    [Fact]
    public void Leaf_IsErasedFromWhatTheGatewaySentInItsName()
    {
        using var session = ModuleSession.Connected();
        var before = new ArchiveState(session.Sandbox);

        session.Run("Remove-IotDeviceData leaf-1 -Force | Out-Null");

        Assert.True(before.CountOf("leaf-1") > before.Records.Values.Sum(records => records.Count(record => record.Sender == "leaf-1")));
        before.AssertOnlyLost(new ArchiveState(session.Sandbox), record => record.IsOf("leaf-1"));
    }

    [Fact]
    public void OldVersions_AreKept_UnlessTheyAreAskedFor()
    {
        using var session = ModuleSession.Connected();

        ModuleOutcome outcome = session.TryRun("'dev1' | Remove-IotDeviceData -Force -IncludeOldVersions");

        long remaining = Receipt(outcome, "contosoarchive/cold-archive", "RoutedBlobContainer").Number("RecordsRemaining");
        using var without = ModuleSession.Connected();
        Assert.InRange(
            remaining,
            0,
            Receipt(without.Run("Remove-IotDeviceData dev1 -Force"), "contosoarchive/cold-archive", "RoutedBlobContainer")
                .Number("RecordsRemaining") - 1
        );
        Assert.All(outcome.ErrorIds, id => Assert.Equal("OldCopyDiffers", id));
    }

    [Fact]
    public void LifecycleRecord_ArrivesLater_AndASecondRunErasesIt()
    {
        using var session = ModuleSession.Connected();
        session.Run("Remove-IotDeviceData dev1 -Force | Out-Null");
        Assert.Equal(0, new ArchiveState(session.Sandbox).CountOf("dev1"));

        session.Sandbox.Advance(TimeSpan.FromMinutes(20));

        PSObject found = session.Run("Get-IotDeviceDataFootprint dev1 | Where-Object Place -eq contosorouted/raw-json").Single();
        Assert.Equal(("Present", 1), (found.Text("Verdict"), found.Number("Records")));
        session.Sandbox.Advance(TimeSpan.FromMinutes(20));
        PSObject receipt = Receipt(session.Run("Remove-IotDeviceData dev1 -Force"), "contosorouted/raw-json", "RoutedBlobContainer");
        Assert.Equal(("ErasurePending", 1), (receipt.Text("Verdict"), receipt.Number("RecordsErased")));
        Assert.Equal(0, new ArchiveState(session.Sandbox).CountOf("dev1"));
    }

    [Fact]
    public void Remove_OfWhatIsGone_SendsNoMutatingRequest()
    {
        using var session = ModuleSession.Connected();

        session.TryRun("Remove-IotDeviceData ghost -Force").AssertOnly("DeviceNotFound");

        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
    }

    internal static PSObject Receipt(ModuleOutcome outcome, string place, string kind) =>
        Assert.Single(outcome.Output, receipt => receipt.Text("Place") == place && receipt.Text("Kind") == kind);

    private static string Registry(ModuleSession session, params string[] devices)
    {
        using var folder = new TemporaryFolder();
        session.Run("param($devices, $path) $devices | Export-IotDeviceData -Path $path", devices, folder.File("package"));
        return string.Join(
            '\n',
            Directory
                .EnumerateFiles(folder.Path, "*.json", SearchOption.AllDirectories)
                .Where(file => file.Contains("device-registry", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllText)
        );
    }
}
