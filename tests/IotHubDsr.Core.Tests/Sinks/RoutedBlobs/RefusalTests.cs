using System.Text;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Blobs that cannot be read or must not be changed, next to others.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task Erase_LeasedBlob_IsReportedAndTheOthersAreErased()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("free", Messages(10, Alice, Bob));
        sandbox.Put("leased", Messages(10, Alice, Bob));
        lock (sandbox.Container.Gate)
        {
            Assert.True(sandbox.Container.TryGetEntry("leased", out BlobEntry? entry));
            entry.Lease.Acquire(null, null, sandbox.Clock.GetUtcNow());
        }

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Contains("1 blob is leased", found.Detail, StringComparison.Ordinal);
        Assert.Equal(("BlobLeased", 5), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Equal(TextWithout(Messages(10, Alice, Bob)), sandbox.Text("leased"));
    }

    [Fact]
    public async Task Find_ContainerUnderAPolicyOfKnownLength_IsHeldUntilTheYoungestBlobCanBeDeleted()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        var created = DateTimeOffset.FromUnixTimeSeconds(sandbox.Clock.GetUtcNow().AddDays(-3).ToUnixTimeSeconds());
        sandbox.Put("old", Messages(10, Alice, Bob));
        sandbox.Put("young", Messages(10, Alice, Bob), seed: new BlobSeed { LastModified = created });
        sandbox.Put("others", Messages(10, Bob));
        sandbox.Container.Policy = new ImmutabilityPolicy(30);
        sandbox.Location = sandbox.Location with
        {
            Settings = new Dictionary<string, string>(sandbox.Location.Settings) { [LocationSettings.ImmutabilityDays] = "30" },
        };

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Held, created.AddDays(30)), (found.Verdict, found.Until));
        Assert.Contains("30 days", found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_ContainerUnderPolicyOrLegalHold_IsHeld(bool policy)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(10, Alice, Bob));
        (sandbox.Container.HasImmutabilityPolicy, sandbox.Container.HasLegalHold) = (policy, !policy);

        Assert.Equal([Verdict.Held, Verdict.Absent], (await sandbox.FindAsync(Alice, Carol)).Select(finding => finding.Verdict));
    }

    [Fact]
    public async Task Find_BlobUnderAPolicyOfItsOwn_IsHeldUntilItEnds()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        DateTimeOffset until = sandbox.Clock.GetUtcNow().AddDays(30);
        sandbox.Put("kept", Messages(10, Alice), seed: new BlobSeed { ImmutableUntil = until });
        sandbox.Put("free", Messages(10, Bob));
        sandbox.Put("on hold", Messages(10, Carol), seed: new BlobSeed { HasLegalHold = true });

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob, Carol);

        Assert.Equal([Verdict.Held, Verdict.Present, Verdict.Held], found.Select(finding => finding.Verdict));
        Assert.Equal([until.ToUnixTimeSeconds(), null, null], found.Select(finding => finding.Until?.ToUnixTimeSeconds()));
    }

    [Fact]
    public async Task Erase_OneOfTheBlobsIsOnLegalHold_ErasesTheOthersAndSaysHeld()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("free", Messages(10, Alice, Bob));
        sandbox.Put("on hold", Messages(10, Alice, Bob), seed: new BlobSeed { HasLegalHold = true });

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal(Verdict.Present, found.Verdict);
        Assert.Equal(("BlobHeld", Verdict.Held, 5L), (outcome.Fault?.Id, outcome.Verdict, outcome.RecordsErased));
    }

    [Fact]
    public async Task Erase_HoldSetAfterThePlan_SaysHeldAndChangesNothing()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(10, Alice, Bob));
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Container.HasLegalHold = true;

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal(("BlobHeld", Verdict.Held), (outcome.Fault?.Id, outcome.Verdict));
        Assert.Equal(["blob"], outcome.Left);
        Assert.Equal(TextWithout(Messages(10, Alice, Bob)), sandbox.Text("blob"));
    }

    [Fact]
    public async Task Find_ArchivedBlob_MakesNobodyAbsent()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("archived", Messages(10, Alice), seed: new BlobSeed { Tier = "Archive" });

        Assert.Equal([Verdict.Unreachable, Verdict.Unreachable], (await sandbox.FindAsync(Alice, Bob)).Select(finding => finding.Verdict));
        Assert.Equal(["BlobArchived"], sandbox.Reported.Select(fault => fault.Id));
    }

    [Fact]
    public async Task Find_BlobThatIsBeingRehydrated_SaysWhatToWaitFor()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("archived", Messages(10, Alice), seed: new BlobSeed { Tier = "Archive" });
        lock (sandbox.Container.Gate)
        {
            Assert.True(sandbox.Container.TryGetEntry("archived", out BlobEntry? entry));
            entry.Amend(entry.Current!, entry.Current! with { Tier = entry.Current!.Tier.Set("Hot", sandbox.Clock.GetUtcNow()) });
        }

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal(Verdict.Unreachable, found.Verdict);
        Fault fault = Assert.Single(sandbox.Reported);
        Assert.Equal("BlobRehydrating", fault.Id);
        Assert.Contains("Wait until", fault.RecommendedAction, StringComparison.Ordinal);

        sandbox.Clock.Advance(AccessTierState.RehydrationTime);
        Assert.Equal((Verdict.Present, 10L), await sandbox.FindOneAsync(Alice) is var later ? (later.Verdict, later.RecordCount) : default);
    }

    [Fact]
    public async Task Erase_AppendBlob_IsReadButNotRewritten()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("append", Messages(10, Alice, Bob), seed: new BlobSeed { BlobType = BlobKind.Append });

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal(("BlobTypeUnsupported", 0), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Empty(sandbox.Mutations);
    }

    [Fact]
    public async Task Erase_BlobDeletedMeanwhile_IsNoFailure()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(10, Alice, Bob));
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Container.Delete("blob");

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal((null, 0), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("garbage")]
    [InlineData("html")]
    public async Task Erase_DamagedBlobNextToGoodOnes_ErasesTheGoodAndCallsNobodyAbsent(string damage)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        ReadOnlyMemory<byte> avro = RoutedFile.Write(Messages(100, Alice, Bob), RoutedEncoding.Avro);
        ReadOnlyMemory<byte> damaged = damage switch
        {
            "truncated" => avro[..^20],
            "garbage" => Enumerable.Range(0, 4096).Select(number => (byte)(number * 37)).ToArray(),
            _ => "<html>alice</html>"u8.ToArray(),
        };
        sandbox.Put("damaged", damaged);
        sandbox.Put("good", avro);

        DeviceDataFinding before = await sandbox.FindOneAsync(Alice);
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(before));

        // What was an archive cannot be read; what never was one is for its owner to look at.
        bool isArchive = damage == "truncated";
        Assert.Equal((isArchive ? Verdict.Unreachable : Verdict.Present, 50), (before.Verdict, before.RecordCount));
        Assert.Equal(50, outcome.RecordsErased);
        Assert.Equal(
            (isArchive ? Verdict.Unreachable : Verdict.OwnerAction, 0),
            await sandbox.FindOneAsync(Alice) is var after ? (after.Verdict, after.RecordCount) : default
        );
        Assert.Equal(damaged.ToArray(), sandbox.Current("damaged").Content.ToMemory().ToArray());
        Assert.All(sandbox.Reported, fault => Assert.Equal("ArchiveUnreadable", fault.Id));
    }

    [Fact]
    public async Task Erase_RecordsWithoutReadableSender_AreKeptAndCallNobodyAbsent()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        const string Unread = """{"device":"alice","temperature":21.5}""";
        sandbox.Put("blob", Encoding.UTF8.GetBytes($"{TextWithout(Messages(10, Alice, Bob))}{Unread}\n{Unread}\n"));

        IReadOnlyList<DeviceDataFinding> before = await sandbox.FindAsync(Alice, Carol);
        Fault fault = Assert.Single(sandbox.Reported);
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(before[0]));

        Assert.Equal(
            [(Verdict.Unreachable, 5L), (Verdict.Unreachable, 0L)],
            before.Select(finding => (finding.Verdict, finding.RecordCount))
        );
        Assert.Equal("RecordsUnreadable", fault.Id);
        Assert.Contains(
            $"2 records whose sender cannot be determined, the first at byte {TextWithout(Messages(10, Alice, Bob)).Length}",
            fault.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(5, outcome.RecordsErased);
        Assert.Equal($"{TextWithout(Messages(10, Alice, Bob), Alice)}{Unread}\n{Unread}\n", sandbox.Text("blob"));
        Assert.Equal(
            (Verdict.Unreachable, 0),
            await sandbox.FindOneAsync(Alice) is var after ? (after.Verdict, after.RecordCount) : default
        );
    }

    [Fact]
    public async Task Find_NoRightToRead_FailsAsAWhole()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(10, Alice));
        sandbox.Deny($"blob:{sandbox.AccountName}");

        DsrException denied = await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(Alice));

        Assert.Equal("PermissionMissing", denied.Fault.Id);
    }
}
