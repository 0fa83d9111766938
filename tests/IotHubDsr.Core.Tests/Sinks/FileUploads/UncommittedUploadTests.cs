using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.FileUploads;

/// <summary>Uploads that were begun and never finished.</summary>
public sealed class UncommittedUploadTests
{
    [Fact]
    public async Task Find_UncommittedBlocks_ExpireAWeekAfterTheLastWrite()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Stage("dev1/half.bin");
        DateTimeOffset written = sandbox.Clock.GetUtcNow();

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync("dev1", "dev10");

        Assert.Equal([Verdict.Expiring, Verdict.Absent], found.Select(finding => finding.Verdict));
        Assert.Equal("dev1/half.bin", Assert.Single(found[0].Items).Path);
        Assert.InRange(found[0].Until!.Value, written.AddDays(7).AddSeconds(-2), written.AddDays(7).AddMinutes(2));
        Assert.Contains("never finished", found[0].Detail, StringComparison.Ordinal);

        sandbox.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(5));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync("dev1")).Verdict);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_UncommittedBlocksBesideAFile_LeavesThemToTheirTimeAndTheWriter(bool oldVersions)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        sandbox.Stage("dev1/half.bin");

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1", oldVersions);

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(Verdict.Expiring, (await sandbox.FindOneAsync("dev1")).Verdict);
        Assert.DoesNotContain(sandbox.Mutations, request => request.Target.Contains("half.bin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resume_NothingPlannedAndNothingErased_IsNotCalledErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        lock (sandbox.Server.World.Registry.Gate)
            sandbox.Server.World.Registry.Create("up-1", []);
        BlobContainer container = sandbox
            .Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount)
            .GetOrAddContainer(WorldNames.UploadContainer);
        lock (container.Gate)
        {
            container
                .GetOrAddEntry("up-1/half.bin")
                .Staged.Put(new Block("MDAwMQ==", BlobContent.Of("x"u8.ToArray())), sandbox.Server.World.Clock.GetUtcNow());
        }

        ErasureReceipt first = Upload(await sandbox.EraseAsync(await sandbox.PlanAsync("up-1")));
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(8));
        ErasureReceipt second = Upload(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId));

        Assert.Equal((Verdict.Expiring, 0L), (first.Verdict, first.RecordsErased));
        Assert.Equal((Verdict.Absent, 0L), (second.Verdict, second.RecordsErased));
    }

    private static ErasureReceipt Upload(IEnumerable<ErasureReceipt> receipts) =>
        receipts.Single(receipt => receipt.Kind == LocationKinds.FileUploadContainer);
}
