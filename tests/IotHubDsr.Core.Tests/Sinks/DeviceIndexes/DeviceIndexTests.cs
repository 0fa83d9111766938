using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.DeviceIndexes;

/// <summary>The index of devices, over the whole seeded world and from its making to its end.</summary>
public sealed class DeviceIndexTests
{
    private const string Reading = "by the reading of";

    [Fact]
    public async Task Footprint_ByTheIndex_FindsWhatReadingEverythingFinds()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        Assert.Empty(await sandbox.IndexAsync());
        Assert.DoesNotContain(await sandbox.LocationsAsync(), static location => location.Kind == LocationKinds.DeviceIndex);

        List<DeviceIndexCoverage> made = await sandbox.UpdateIndexAsync();
        List<DeviceDataFinding> indexed = await sandbox.FindAsync("dev1", "dev-nobody");
        List<DeviceDataFinding> read = await sandbox.FindWithoutIndexAsync("dev1", "dev-nobody");
        long before = Last(sandbox);
        await sandbox.FindAsync("dev-nobody");
        long between = Last(sandbox);
        await sandbox.FindWithoutIndexAsync("dev-nobody");

        Assert.Contains(made, static place => place is { Coverage: 1, Blobs: > 0, OldestReading: not null });
        Assert.Equal(made.Sum(static place => place.IndexedBlobs), (await sandbox.IndexAsync()).Sum(static place => place.IndexedBlobs));
        Assert.Equal(Shown(read), Shown(indexed));
        Assert.Contains(indexed, static finding => finding.Detail?.Contains(Reading, StringComparison.Ordinal) == true);
        Assert.DoesNotContain(read, static finding => finding.Detail?.Contains(Reading, StringComparison.Ordinal) == true);
        Assert.InRange(Reads(sandbox, before, between), 1, Reads(sandbox, between, long.MaxValue) / 2);
        Assert.Contains(indexed, static finding =>
            finding is { Kind: LocationKinds.DeviceIndex, DeviceId: "dev1", Verdict: Verdict.Present }
        );
        Assert.Contains(indexed, static finding =>
            finding is { Kind: LocationKinds.DeviceIndex, DeviceId: "dev-nobody", Verdict: Verdict.Absent }
        );
    }

    [Fact]
    public async Task Erasure_ReadsEverythingForItsVerdict_AndDropsTheEntries()
    {
        await using RequestSandbox sandbox = await ScopedWorld.StartAsync();
        ScopedWorld.Put(sandbox, ScopedWorld.Messages("dev1", "1", "dev2", "1"));
        await sandbox.UpdateIndexAsync();

        // A blob that the index does not know, and one that it knows with another content.
        BlobContainer container = ScopedWorld.ContainerOf(sandbox, WorldNames.PlainAccount, ScopedWorld.Container);
        ScopedWorld.Put(sandbox, ScopedWorld.Messages("dev1", "1", "dev2", "1", "dev1", "1"));
        container.Put(
            ScopedWorld.Blob[..^1] + "1",
            RoutedFile.Write(ScopedWorld.Messages("dev1", "1", "dev3", "1"), RoutedEncoding.Json),
            new BlobSeed { LastModified = ScopedWorld.Start }
        );

        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        ErasureStep planned = Assert.Single(plan.Steps, static step =>
            step.Location.Place.EndsWith(ScopedWorld.Container, StringComparison.Ordinal)
        );
        Assert.Equal(3, planned.Finding.RecordCount);
        Assert.Contains(plan.Steps, static step => step.Finding.Detail?.Contains(Reading, StringComparison.Ordinal) == true);
        long before = Last(sandbox);
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        Assert.Equal(Verdict.Erased, ScopedWorld.Of(receipts, LocationKinds.DeviceIndex).Verdict);
        Assert.DoesNotContain(receipts, static receipt => receipt.Detail?.Contains(Reading, StringComparison.Ordinal) == true);
        Assert.True(Reads(sandbox, before, long.MaxValue) > 0);
        DeviceDataFinding left = Assert.Single(await sandbox.FindAsync("dev1"), static finding =>
            finding.Kind == LocationKinds.DeviceIndex
        );
        Assert.Equal(Verdict.Absent, left.Verdict);
        Assert.Contains(await sandbox.FindAsync("dev2"), static finding =>
            finding is { Kind: LocationKinds.RoutedBlobContainer, RecordCount: > 0 }
        );

        await sandbox.RemoveIndexAsync();
        Assert.Empty(Directory.GetFiles(Path.Combine(sandbox.RequestStore, "device-index"), "*", SearchOption.AllDirectories));
        Assert.DoesNotContain(await sandbox.LocationsAsync(), static location => location.Kind == LocationKinds.DeviceIndex);
    }

    [Fact]
    public async Task Index_OfAStoreInAContainer_IsKeptThere_AndADamagedKeyHidesNothing()
    {
        await using RequestSandbox sandbox = await ScopedWorld.StartAsync();
        string store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/not-there-yet";
        await sandbox.ConnectAsync(options => options with { RequestStore = store });
        Assert.DoesNotContain(await sandbox.LocationsAsync(), static location => location.Kind == LocationKinds.DeviceIndex);

        Assert.Contains(await sandbox.UpdateIndexAsync(), static place => place is { Coverage: 1, Blobs: > 0 });

        BlobContainer container = ScopedWorld.ContainerOf(sandbox, WorldNames.EvidenceAccount, "not-there-yet");
        Assert.All(container.List(includeOld: false), static blob =>
            Assert.StartsWith("device-index/", blob.Name, StringComparison.Ordinal)
        );
        Assert.Contains(await sandbox.FindAsync("dev-nobody"), static finding =>
            finding.Detail?.Contains(Reading, StringComparison.Ordinal) == true
        );

        container.Put("device-index/key", "?"u8.ToArray(), new BlobSeed());
        List<DeviceDataFinding> damaged = await sandbox.FindAsync("dev-nobody");
        Assert.Equal(Verdict.Unreachable, Assert.Single(damaged, static finding => finding.Kind == LocationKinds.DeviceIndex).Verdict);
        Assert.DoesNotContain(damaged, static finding => finding.Detail?.Contains(Reading, StringComparison.Ordinal) == true);

        await sandbox.RemoveIndexAsync();
        Assert.Empty(container.List(includeOld: false));
    }

    [Fact]
    public async Task Index_OfAnAccountThatKeepsOldCopies_IsNotCertifiedErasedWhileTheyAreThere()
    {
        await using RequestSandbox sandbox = await ScopedWorld.StartAsync();
        string store = $"https://{WorldNames.VersionedAccount}.blob.core.windows.net/requests";
        await sandbox.ConnectAsync(options => options with { RequestStore = store });
        await sandbox.UpdateIndexAsync();
        Assert.Equal(Verdict.Absent, (await IndexOfAsync("dev-nobody")).Verdict);

        // As entries are dropped: the pack is deleted, and the account keeps it.
        BlobContainer container = ScopedWorld.ContainerOf(sandbox, WorldNames.VersionedAccount, "requests");
        static bool IsPack(BlobSnapshotInfo blob) => blob.Name.EndsWith(".pack", StringComparison.Ordinal);
        foreach (BlobSnapshotInfo pack in container.List(includeOld: false).Where(IsPack))
            container.Delete(pack.Name);

        DeviceDataFinding kept = await IndexOfAsync("dev-nobody");
        Assert.NotEqual(Verdict.Absent, kept.Verdict);
        Assert.Contains("keeps", kept.Detail, StringComparison.Ordinal);

        async Task<DeviceDataFinding> IndexOfAsync(string deviceId) =>
            Assert.Single(await sandbox.FindAsync(deviceId), static finding => finding.Kind == LocationKinds.DeviceIndex);
    }

    [Fact]
    public async Task Index_ThatIsNotAgreedTo_IsNotMade()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox.Answers = static _ => false;

        Assert.Empty(await sandbox.UpdateIndexAsync());

        Assert.False(Directory.Exists(Path.Combine(sandbox.RequestStore, "device-index")));
    }

    private static long Last(RequestSandbox sandbox) => sandbox.Server.RequestLog.After(0).Max(static request => request.Sequence);

    private static IEnumerable<string> Shown(IEnumerable<DeviceDataFinding> findings) =>
        findings
            .Where(static finding => finding.Kind != LocationKinds.DeviceIndex)
            .Select(static finding =>
                $"{finding.DeviceId} {finding.Location} {finding.Verdict} {finding.RecordCount} {finding.RelayedCount} {finding.ByteCount} "
                + $"{finding.FirstTime} {finding.LastTime} {string.Join(',', finding.Items)}"
            )
            .Order(StringComparer.Ordinal);

    /// <summary>How many blobs of archives were read.</summary>
    private static int Reads(RequestSandbox sandbox, long after, long upTo) =>
        sandbox
            .Server.RequestLog.After(after)
            .Where(request => request.Sequence <= upTo)
            .Count(static request =>
                request is { Service: "blob", Method: "GET" } && !request.Target.Contains("comp=", StringComparison.Ordinal)
            );
}
