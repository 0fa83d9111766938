using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Core.Tests.Sinks.FileUploads;

public sealed class UploadOldCopiesTests
{
    [Fact]
    public async Task Erase_VersionedAccount_LeavesVersionsUnlessAsked()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(VersioningEnabled: true));
        sandbox.Put("dev1/a", "dev1/a", "dev10/a", "dev10/a");

        ErasureOutcome kept = await sandbox.EraseAsync("dev1");
        DeviceDataFinding after = await sandbox.FindOneAsync("dev1");
        ErasureOutcome erased = await sandbox.EraseAsync("dev1", oldVersions: true);

        Assert.Equal((1L, Verdict.Present, 2L), (kept.RecordsErased, after.Verdict, after.OldCopyCount));
        Assert.Contains("-IncludeOldVersions", after.Detail, StringComparison.Ordinal);
        Assert.Equal(2, erased.RecordsErased);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync("dev1")).Verdict);
        Assert.Equal(2, sandbox.Container.List("", includeOld: true).Count);
    }

    [Fact]
    public async Task Erase_VersionedAccountWithOldVersions_ErasesAlsoTheVersionThatDeletingMakes()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(VersioningEnabled: true));
        sandbox.Put("dev1/a");

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1", oldVersions: true);

        Assert.Equal(1, outcome.RecordsErased);
        Assert.Empty(sandbox.Container.List("", includeOld: true));
    }

    [Fact]
    public async Task Erase_FileWithSnapshots_StaysUnlessAsked()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a", "dev1/b");
        sandbox.Snapshot("dev1/a");

        ErasureOutcome kept = await sandbox.EraseAsync("dev1");
        DeviceDataFinding after = await sandbox.FindOneAsync("dev1");

        Assert.Equal((1L, null), (kept.RecordsErased, kept.Fault));
        Assert.Equal((Verdict.Present, 2L, 1L), (after.Verdict, after.RecordCount, after.OldCopyCount));
        Assert.Contains("takes -IncludeOldVersions", after.Detail, StringComparison.Ordinal);
        Assert.Equal(2, sandbox.Container.List("", includeOld: true).Count);

        ErasureOutcome erased = await sandbox.EraseAsync("dev1", oldVersions: true);

        Assert.Equal(2, erased.RecordsErased);
        Assert.Empty(sandbox.Container.List("", includeOld: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Erase_OldCopyThatAnOperatorHolds_IsKept(bool versioned)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(versioned));
        sandbox.Put("dev1/a", "dev1/b");
        for (int i = 0; i < 2; i++)
        {
            if (versioned)
                sandbox.Put("dev1/a");
            else
                sandbox.Snapshot("dev1/a");
        }

        DeviceDataFinding found = await sandbox.FindOneAsync("dev1");
        SeenItem held = found.Items.First(item => item.IsOldCopy);
        sandbox.Held = [(held.Path, "dev1")];

        await sandbox.EraseAsync(oldVersions: true, found with { Items = [.. found.Items.Except([held])] });

        // A file with a snapshot goes only with it.
        Assert.Equal(versioned ? [held.Path] : [held.Path, "dev1/a"], (await sandbox.FindOneAsync("dev1")).Items.Select(item => item.Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_AccountWithSoftDelete_ExpiresWhateverIsAsked(bool versioned)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(versioned, SoftDeleteDays: 5));
        sandbox.Put("dev1/a");

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1", oldVersions: true);
        DeviceDataFinding after = await sandbox.FindOneAsync("dev1");
        ErasureOutcome again = Assert.Single(await sandbox.EraseAsync(oldVersions: true, after));

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal((Verdict.Expiring, 1L), (after.Verdict, after.RecordCount));
        Assert.InRange(after.Until!.Value - sandbox.Clock.GetUtcNow(), TimeSpan.FromDays(4.9), TimeSpan.FromDays(5));
        Assert.Equal((0L, null), (again.RecordsErased, again.Fault));
    }

    [Fact]
    public async Task Erase_HierarchicalNamespace_LeavesNoDirectoryWithTheDevicesName()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(HierarchicalNamespace: true));
        sandbox.Put("dev1/logs/2026/boot.txt", "dev1/photo.jpg", "dev10/photo.jpg");

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1");

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["dev10", "dev10/photo.jpg"], sandbox.Names);
    }

    [Fact]
    public async Task Erase_HierarchicalNamespaceWithANewFile_KeepsItsDirectories()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(HierarchicalNamespace: true));
        sandbox.Put("dev1/logs/boot.txt");
        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");
        sandbox.Put("dev1/new.txt");

        await sandbox.EraseAsync(oldVersions: false, finding);

        Assert.Equal(["dev1", "dev1/logs", "dev1/new.txt"], sandbox.Names);
    }

    [Fact]
    public async Task Erase_BlobThatIsNamedLikeTheDevice_IsNotTakenForItsDirectory()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a", "dev1");

        await sandbox.EraseAsync("dev1");

        Assert.Equal(["dev1"], sandbox.Names);
    }
}
