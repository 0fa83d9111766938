using System.Text;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Versions, snapshots and soft-deleted copies.</summary>
public sealed class OldCopyTests
{
    private const string Blob = "contoso-hub/0/2026/01/05/08/00";
    private static readonly SinkOptions WithOldVersions = new SinkOptions(4) { Erasure = new ErasureOptions { IncludeOldVersions = true } };

    [Fact]
    public async Task Erase_AccountKeepsVersions_LeavesTheOldVersionAndNeverCallsTheSubjectAbsent()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Put(Blob, Messages(10, Alice, Bob));

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);
        DeviceDataFinding after = await sandbox.FindOneAsync(Alice);

        Assert.Equal(5, outcome.RecordsErased);
        Assert.Equal((Verdict.Present, 5L, 5L), (after.Verdict, after.RecordCount, after.OldCopyCount));
        Assert.True(Assert.Single(after.Items).IsOldCopy);
    }

    [Fact]
    public async Task Erase_WithOldVersions_DeletesThemAndSaysUntilWhenTheyCanBeRestored()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Put(Blob, Messages(10, Alice, Bob));
        sandbox.Put(Blob, Messages(10, Alice, Bob));

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice, WithOldVersions);
        DeviceDataFinding after = await sandbox.FindOneAsync(Alice);

        // Five in the current blob, five in the version that was found; the version that rewriting made is not counted again.
        Assert.Equal((null, 10, 2), (outcome.Fault, outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal((Verdict.Expiring, 0L), (after.Verdict, after.RecordCount));
        Assert.InRange(after.Until!.Value, sandbox.Clock.GetUtcNow().AddDays(13.9), sandbox.Clock.GetUtcNow().AddDays(15));
        Assert.Equal(TextWithout(Messages(10, Alice, Bob), Alice), sandbox.Text(Blob));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Erase_WithOldVersionsAndPermanentDeletionAllowed_LeavesNothingToRestore(bool versioned)
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Account.Options = sandbox.Account.Options with { AllowPermanentDelete = true, VersioningEnabled = versioned };
        sandbox.Put(Blob, Messages(10, Alice, Bob));

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice, WithOldVersions);

        Assert.Equal((null, 5L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal((Verdict.Absent, null), await sandbox.FindOneAsync(Alice) is var after ? (after.Verdict, after.Until) : default);
        Assert.Single(sandbox.Container.List(includeOld: true));
        Assert.Equal(TextWithout(Messages(10, Alice, Bob), Alice), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_SoftDeletedByOthers_IsNeverRemovedBeforeItsTime()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Account.Options = sandbox.Account.Options with { AllowPermanentDelete = true, VersioningEnabled = false };
        sandbox.Put(Blob, Messages(10, Alice, Carol));
        sandbox.Put(Blob, Messages(10, Alice, Bob));

        await sandbox.EraseAsync(Alice, WithOldVersions);

        Assert.Equal(Verdict.Expiring, (await sandbox.FindOneAsync(Alice)).Verdict);
        Assert.Single(sandbox.Container.List(includeOld: true), blob => blob.Deleted);
    }

    [Theory]
    [InlineData(true, "RewriteMismatch")]
    [InlineData(false, "ServiceFailed")]
    public async Task Erase_NobodyHasSeenThatTheNewBlobIsWhatItMustBe_KeepsTheCopyOfTheOldOne(bool damaged, string fault)
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Account.Options = sandbox.Account.Options with { AllowPermanentDelete = true, VersioningEnabled = false };
        sandbox.Put(Blob, Messages(10, Alice, Bob));
        sandbox.Wire.LoseResponse = request =>
        {
            if (request.Method == HttpMethod.Put && request.RequestUri!.Query.Contains("comp=blocklist", StringComparison.Ordinal))
            {
                if (damaged)
                {
                    sandbox.Damage(Blob, Encoding.UTF8.GetBytes(sandbox.Text(Blob).Replace(Bob, "rob", StringComparison.Ordinal)));
                }
                else
                {
                    sandbox.Faults.Add(
                        new FaultRule
                        {
                            Service = "blob",
                            Method = "GET",
                            PathContains = Blob,
                            Status = 503,
                            Times = 50,
                        }
                    );
                }
            }

            return false;
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice, WithOldVersions);

        Assert.Equal(fault, outcome.Fault?.Id);
        BlobSnapshotInfo copy = Assert.Single(sandbox.Container.List(includeOld: true), blob => blob.Deleted);
        Assert.Equal(TextWithout(Messages(10, Alice, Bob)), Encoding.UTF8.GetString(copy.Content.Span));
    }

    [Theory]
    [InlineData(true, false, Verdict.Present)]
    [InlineData(true, true, Verdict.Present)]
    [InlineData(false, false, Verdict.Expiring)]
    [InlineData(false, true, Verdict.Expiring)]
    public async Task Find_BlobReplacedOrDeletedAfterItWasListed_IsNotAbsentWhereTheServiceKeepsWhatItWas(
        bool versioned,
        bool deleted,
        Verdict expected
    )
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Account.Options = sandbox.Account.Options with { VersioningEnabled = versioned };
        sandbox.Put(Blob, Messages(10, Alice, Bob));
        bool isDone = false;
        sandbox.Wire.Before = request =>
        {
            if (!isDone && request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.EndsWith(Blob, StringComparison.Ordinal))
            {
                isDone = true;
                if (deleted)
                    sandbox.Container.Delete(Blob);
                else
                    sandbox.Put(Blob, Messages(5, Bob));
            }

            return Task.CompletedTask;
        };

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.True(isDone);
        Assert.Equal((expected, expected == Verdict.Present ? 5L : 0L), (found.Verdict, found.OldCopyCount));
    }

    [Fact]
    public async Task Find_SoftDeletedSomeTimeAgo_LeavesWhenTheRestOfItsTimeHasPassed()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Account.Options = sandbox.Account.Options with { VersioningEnabled = false };
        sandbox.Put(Blob, Messages(10, Alice));
        sandbox.Container.Delete(Blob);
        DateTimeOffset leaves = sandbox.Clock.GetUtcNow().AddDays(14);
        sandbox.Clock.Advance(TimeSpan.FromDays(10));

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal(Verdict.Expiring, found.Verdict);
        Assert.InRange(found.Until!.Value, leaves.AddMinutes(-1), leaves.AddDays(1));
        sandbox.Clock.Advance(TimeSpan.FromDays(5));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Fact]
    public async Task Erase_OldVersionHoldsWhatTheCurrentBlobDoesNot_IsKept()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Put(Blob, Messages(30, Alice, Bob, Carol));
        sandbox.Put(Blob, Messages(10, Alice, Bob));

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice, WithOldVersions);

        Assert.Equal("OldCopyDiffers", outcome.Fault?.Id);
        Assert.Equal(
            (Verdict.Present, 10L),
            await sandbox.FindOneAsync(Alice) is var after ? (after.Verdict, after.OldCopyCount) : default
        );
        Assert.Equal(10, (await sandbox.FindOneAsync(Carol)).RecordCount);
    }

    [Fact]
    public async Task Erase_SeveralOldVersionsHoldWhatTheCurrentBlobDoesNot_TellsItOnceForTheLocation()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        for (int version = 0; version < 3; version++)
            sandbox.Put(Blob, Messages(30 + (3 * version), Alice, Bob, Carol));
        sandbox.Put(Blob, Messages(10, Alice, Bob));

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice, WithOldVersions);

        Fault told = Assert.Single(sandbox.Reported, fault => fault.Id == "OldCopyDiffers");
        Assert.Contains("as 2 others in the location were", told.Message, StringComparison.Ordinal);
        Assert.Equal("OldCopyDiffers", outcome.Fault?.Id);
        Assert.Equal(3, (await sandbox.FindOneAsync(Alice)).Items.Count);
    }

    [Fact]
    public async Task Erase_OldVersionThatAnOperatorHolds_IsKept()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Put(Blob, Messages(10, Alice, Bob));
        sandbox.Put(Blob, Messages(10, Alice, Bob));
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        SeenItem held = Assert.Single(found.Items, item => item.IsOldCopy);
        sandbox.Held = [(held.Path, Alice)];

        ErasureOutcome outcome = Assert.Single(
            await sandbox.EraseAsync(WithOldVersions, found with { Items = [.. found.Items.Except([held])] })
        );

        Assert.Equal((null, 5L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal([held.Path], (await sandbox.FindOneAsync(Alice)).Items.Select(item => item.Path));
    }

    [Fact]
    public async Task Erase_OldVersionOfADeletedBlob_IsKeptForTheOthersInIt()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Put("shared", Messages(10, Alice, Bob));
        sandbox.Put("alone", Messages(10, Alice));
        sandbox.Container.Delete("shared");
        sandbox.Container.Delete("alone");

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice, WithOldVersions);

        Assert.Equal(("OldCopyDiffers", 10), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Equal(5, (await sandbox.FindOneAsync(Bob)).RecordCount);
    }

    [Fact]
    public async Task Erase_YoungBlobWithAnOldVersion_DeletesTheVersionThoughTheCurrentOneStillHoldsTheSubject()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        ReadOnlyMemory<byte> content = RoutedFile.Write(Messages(10, Alice, Bob), RoutedEncoding.Json);
        sandbox.Container.Put(Blob, content);
        sandbox.Container.Put(Blob, content);
        sandbox.Location = sandbox.Location with { FlushTime = TimeSpan.FromMinutes(4) };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice, WithOldVersions);

        Assert.Equal((null, Verdict.ErasurePending, 5), (outcome.Fault, outcome.Verdict, outcome.RecordsErased));
    }
}
