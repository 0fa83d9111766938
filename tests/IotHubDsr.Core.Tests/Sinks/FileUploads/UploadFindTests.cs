using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.FileUploads;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Core.Tests.Sinks.FileUploads;

public sealed class UploadFindTests
{
    [Fact]
    public async Task Find_FilesOfADevice_CountsThemAndNobodyElses()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/photo.jpg", "dev1/logs/boot.txt", "dev10/photo.jpg", "Dev1/photo.jpg", "dev1", "dev1x/a", "x/dev1/a");

        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");

        Assert.Equal((Verdict.Present, 2L, 0L), (finding.Verdict, finding.RecordCount, finding.OldCopyCount));
        Assert.Equal("content of dev1/photo.jpg".Length + "content of dev1/logs/boot.txt".Length, finding.ByteCount);
        Assert.Equal(["dev1/logs/boot.txt", "dev1/photo.jpg"], finding.Items.Select(item => item.Path));
        IReadOnlyList<BlobSnapshotInfo> stored = sandbox.Container.List("dev1/");
        Assert.Equal(stored.Select(blob => blob.ETag), finding.Items.Select(item => item.ETag));
        Assert.NotNull(finding.FirstTime);
        Assert.True(finding.FirstTime <= finding.LastTime);
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("50%25")]
    [InlineData("it's")]
    [InlineData("a#b")]
    [InlineData("a+b?c")]
    [InlineData("a:b;c=d@e,(f)!*$")]
    public async Task Find_IdWithOddCharacters_FindsItAloneAndAmongMany(string deviceId)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put($"{deviceId}/photo.jpg", $"{deviceId}0/photo.jpg", "a/b", "a b/photo.jpg", "50%/photo.jpg", "a/photo.jpg");

        DeviceDataFinding alone = await sandbox.FindOneAsync(deviceId);
        DeviceDataFinding among = (await sandbox.FindAsync([deviceId, .. Others(20)]))[0];

        Assert.Equal($"{deviceId}/photo.jpg", Assert.Single(alone.Items).Path);
        Assert.Equal(alone.Items, among.Items);
    }

    [Fact]
    public async Task Find_NothingThere_IsAbsentForEachDevice()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev10/a");

        IReadOnlyList<DeviceDataFinding> findings = await sandbox.FindAsync("dev1", "Dev10");

        Assert.Equal(["dev1", "Dev10"], findings.Select(finding => finding.DeviceId));
        Assert.All(findings, finding => Assert.Equal((Verdict.Absent, 0L), (finding.Verdict, finding.RecordCount)));
    }

    [Fact]
    public async Task Find_ThousandDevices_ListsTheContainerOnceAndLooksAgainForWhatHasMoved()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put([.. Others(1000).Select(id => $"{id}/a"), "bystander/a"]);

        IReadOnlyList<DeviceDataFinding> findings = await sandbox.FindAsync(Others(1000));

        Assert.All(findings, finding => Assert.Equal(1, finding.RecordCount));
        Assert.Equal(2, sandbox.Listings.Count);
    }

    [Fact]
    public async Task Find_FewDevices_ListsOnlyTheirFolders()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        await sandbox.FindAsync(Others(UploadListing.MostPrefixes));

        Assert.Equal(2 * UploadListing.MostPrefixes, sandbox.Listings.Count);
        Assert.All(sandbox.Listings, listing => Assert.Contains("prefix=other-", listing.Target, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Find_ManyPages_ReadsThemAll(int devices)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.PageSize(3);
        sandbox.Put([.. Enumerable.Range(0, 25).Select(number => $"other-0/{number}")]);

        Assert.Equal(25, (await sandbox.FindAsync(Others(devices)))[0].RecordCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Find_ListingBreaksOffOnALaterPage_ClaimsNothing(int devices)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.PageSize(3);
        sandbox.Put([.. Enumerable.Range(0, 7).Select(number => $"other-0/{number}")]);
        sandbox.Faults.Add(
            new FaultRule
            {
                Service = "blob",
                PathContains = "marker=",
                Status = 500,
                Times = 100,
            }
        );

        DsrException failure = await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(Others(devices)));

        Assert.Equal("ServiceFailed", failure.Fault.Id);
    }

    [Fact]
    public async Task Find_TruncatedListing_ClaimsNothing()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        sandbox.Faults.Add(
            new FaultRule
            {
                Service = "blob",
                PathContains = "comp=list",
                TruncateAfterBytes = 120,
                Times = 100,
            }
        );

        DsrException failure = await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync("dev1"));

        Assert.Equal("ServiceFailed", failure.Fault.Id);
    }

    [Fact]
    public async Task Find_NoRightToRead_NamesTheRole()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Deny($"blob:{UploadSandbox.AccountName}");

        DsrException failure = await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync("dev1"));

        Assert.Equal("PermissionMissing", failure.Fault.Id);
        Assert.Contains("Storage Blob Data Reader", failure.Fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_OldCopies_AreCountedAndToldApart()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(VersioningEnabled: true));
        sandbox.Put("dev1/a", "dev1/a", "dev1/b");
        sandbox.Container.Delete("dev1/b");

        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");

        Assert.Equal((Verdict.Present, 3L, 2L), (finding.Verdict, finding.RecordCount, finding.OldCopyCount));
        Assert.Equal(["dev1/a"], finding.Items.Where(item => !item.IsOldCopy).Select(item => item.Path));
        Assert.All(finding.Items.Where(item => item.IsOldCopy), item =>
            Assert.Contains("?versionid=", item.Path, StringComparison.Ordinal)
        );
        Assert.Contains("2 old versions", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_SoftDeletedOnly_ExpiresWhenTheRetentionEnds()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(SoftDeleteDays: 7));
        sandbox.Put("dev1/a");
        sandbox.Container.Delete("dev1/a");
        DateTimeOffset leaves = sandbox.Clock.GetUtcNow().AddDays(7);
        sandbox.Clock.Advance(TimeSpan.FromDays(2.5));

        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");

        Assert.Equal((Verdict.Expiring, 1L, 1L), (finding.Verdict, finding.RecordCount, finding.OldCopyCount));
        // The service gives the time of deletion in whole seconds.
        Assert.InRange(finding.Until!.Value, leaves.AddSeconds(-5), leaves.AddSeconds(1));
        sandbox.Clock.Advance(finding.Until.Value - sandbox.Clock.GetUtcNow() + TimeSpan.FromSeconds(2));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync("dev1")).Verdict);
    }

    [Fact]
    public async Task Find_HeldContainer_IsHeldOnlyForWhoHasFiles()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        sandbox.Container.HasLegalHold = true;

        IReadOnlyList<DeviceDataFinding> findings = await sandbox.FindAsync("dev1", "dev2");

        Assert.Equal([Verdict.Held, Verdict.Absent], findings.Select(finding => finding.Verdict));
    }

    [Fact]
    public async Task Find_FilesThatAreHeldThemselves_AreHeldBeforeAnythingIsPlanned()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        DateTimeOffset until = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        foreach (string name in new[] { "dev1/a", "dev2/a", "dev3/a" })
            sandbox.Container.Put(name, "x"u8.ToArray(), new BlobSeed { ImmutableUntil = until });
        sandbox.Container.Put("dev2/b", "x"u8.ToArray(), new BlobSeed { HasLegalHold = true });
        sandbox.Put("dev3/b");

        IReadOnlyList<DeviceDataFinding> findings = await sandbox.FindAsync("dev1", "dev2", "dev3");

        Assert.Equal(
            [(Verdict.Held, until), (Verdict.Held, null), (Verdict.Present, (DateTimeOffset?)null)],
            findings.Select(finding => (finding.Verdict, finding.Until))
        );
        Assert.All(findings, finding => Assert.Contains("legal hold of", finding.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_DirectoriesOfAHierarchicalNamespace_AreNoRecords()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(HierarchicalNamespace: true));
        sandbox.Put("dev1/logs/2026/boot.txt");

        Assert.Equal("dev1/logs/2026/boot.txt", Assert.Single((await sandbox.FindOneAsync("dev1")).Items).Path);
    }

    [Fact]
    public async Task Find_FileThatPosesAsADirectory_IsStillAFile()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Container.Put(
            "dev1/a",
            new byte[3],
            new BlobSeed { Metadata = new Dictionary<string, string> { ["hdi_isfolder"] = "true" } }
        );

        Assert.Equal(1, (await sandbox.FindOneAsync("dev1")).RecordCount);
    }

    [Theory]
    [InlineData("dev1/patient Ana Lopez", null, "dev1/patient Ana Lopez")]
    [InlineData("dev1/logs", "patient", "dev1/logs")]
    public async Task FindExportAndErase_EmptyDirectoryWhoseNameOrMetadataHoldsData_IsARecord(string name, string? metadata, string path)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        PutDirectory(sandbox, name, metadata);
        PutDirectory(sandbox, "dev10/x", metadata);

        DeviceDataFinding found = await sandbox.FindOneAsync("dev1");
        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1");
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(oldVersions: false, found));

        Assert.Equal((Verdict.Present, 1L, path), (found.Verdict, found.RecordCount, Assert.Single(found.Items).Path));
        Assert.Equal(1, Assert.Single(lines).Included);
        Assert.Contains($"\"blob\":\"{path}\"", package.Text("files.ndjson"), StringComparison.Ordinal);
        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["dev10/x"], sandbox.Names);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(UploadListing.MostPrefixes)]
    public async Task FindAndErase_DirectoryWithTheDevicesNameAndNothingInIt_IsARecord(int others)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        PutDirectory(sandbox, "dev1", metadata: null);
        PutDirectory(sandbox, "dev10", metadata: null);
        sandbox.Put("dev");

        DeviceDataFinding found = (await sandbox.FindAsync(["dev1", "dev", .. Others(others)]))[0];
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(oldVersions: false, found));

        Assert.Equal((Verdict.Present, 1L, "dev1"), (found.Verdict, found.RecordCount, Assert.Single(found.Items).Path));
        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["dev", "dev10"], sandbox.Names);
        Assert.All(await sandbox.FindAsync("dev1", "dev"), static finding => Assert.Equal(Verdict.Absent, finding.Verdict));
    }

    [Fact]
    public async Task FindAndErase_DirectoryWithMetadataAndAFileInIt_CountsBoth()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(HierarchicalNamespace: true));
        PutDirectory(sandbox, "dev1/logs", "patient");
        sandbox.Put("dev1/logs/boot.txt", "dev1/plain/boot.txt");

        DeviceDataFinding found = await sandbox.FindOneAsync("dev1");
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(oldVersions: false, found));

        Assert.Equal(
            ["dev1/logs", "dev1/logs/boot.txt", "dev1/plain/boot.txt"],
            found.Items.Select(item => item.Path).Order(StringComparer.Ordinal)
        );
        Assert.Equal((3L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Empty(sandbox.Names);
    }

    [Fact]
    public async Task Find_FileThatMovesWhileTheContainerIsListed_IsFoundUnderItsNewName()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/b", "dev1/c", "dev1/d", "dev1/z");
        sandbox.PageSize(2);
        int pages = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.RequestUri!.Query.Contains("restype=container&comp=list", StringComparison.Ordinal) && ++pages == 2)
            {
                sandbox.Container.Delete("dev1/z");
                sandbox.Put("dev1/a");
            }

            return Task.CompletedTask;
        };

        DeviceDataFinding found = await sandbox.FindOneAsync("dev1");

        Assert.Equal(["dev1/a", "dev1/b", "dev1/c", "dev1/d"], found.Items.Select(item => item.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Find_AccountThatRefusesToListVersions_ListsWithoutThem()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(HierarchicalNamespace: true));
        sandbox.Put("dev1/a");
        sandbox.Wire.Before = request =>
            request.RequestUri!.Query.Contains("versions", StringComparison.Ordinal)
                ? throw new global::Azure.RequestFailedException(409, "no", "FeatureNotYetSupportedForHierarchicalNamespaceAccounts", null)
                : Task.CompletedTask;

        Assert.Equal(1, (await sandbox.FindOneAsync("dev1")).RecordCount);
    }

    private static void PutDirectory(UploadSandbox sandbox, string name, string? metadata)
    {
        var pairs = new Dictionary<string, string> { ["hdi_isfolder"] = "true" };
        if (metadata is not null)
            pairs["subject"] = metadata;
        sandbox.Container.Put(name, Array.Empty<byte>(), new BlobSeed { Metadata = pairs });
    }

    private static string[] Others(int count) => [.. Enumerable.Range(0, count).Select(number => $"other-{number}")];
}
