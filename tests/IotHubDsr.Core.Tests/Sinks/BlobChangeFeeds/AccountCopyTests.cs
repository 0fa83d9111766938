using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.BlobChangeFeeds;

/// <summary>A whole request over accounts that keep and copy blobs beside themselves.</summary>
public sealed class AccountCopyTests
{
    private const string Device = "dev1";
    private const string Copy = "json-copy";

    [Fact]
    public async Task Erasure_ReachesTheCopy_AndIsDatedWhereTheAccountKeepsWhatWasErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        BlobStore blobs = sandbox.Server.World.Blobs;
        BlobAccount uploads = blobs.GetOrAddAccount(WorldNames.UploadAccount);
        uploads.Options = uploads.Options with { RestoreDays = 7, HasChangeFeed = true, ChangeFeedDays = 20 };
        BlobAccount versioned = blobs.GetOrAddAccount(WorldNames.VersionedAccount);
        versioned.Options = versioned.Options with { SoftDeleteDays = 0 };
        BlobContainer destination = versioned.GetOrAddContainer(Copy);
        var rule = new BlobReplication(
            "policy-1",
            blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("raw-json"),
            destination
        );
        blobs.Replications.Add(rule);
        rule.CatchUp();
        Assert.NotEmpty(destination.List());

        DateTimeOffset began = clock.GetUtcNow();
        ErasurePlan plan = await sandbox.PlanAsync(includeOldVersions: true, Device);
        rule.IsBehind = true;
        List<ErasureReceipt> erased = await sandbox.EraseAsync(plan);
        rule.IsBehind = false;
        clock.Advance(TimeSpan.FromDays(2));

        // The hub's record of the deletion has come meanwhile: it goes from the source first, and from the copy after it.
        await sandbox.ResumeAsync(erased[0].RequestId);
        clock.Advance(TimeSpan.FromDays(2));
        List<ErasureReceipt> resumed = await sandbox.ResumeAsync(erased[0].RequestId);

        ErasureReceipt pending = Of(erased, $"{WorldNames.VersionedAccount}/{Copy}");
        Assert.Equal(Verdict.ErasurePending, pending.Verdict);
        Assert.Equal(Of(erased, $"{WorldNames.PlainAccount}/raw-json").RecordsPlanned, pending.RecordsPlanned);
        Assert.Contains("Object replication alone writes here", pending.Detail, StringComparison.Ordinal);
        ErasureReceipt copied = Of(resumed, $"{WorldNames.VersionedAccount}/{Copy}");
        Assert.Equal((Verdict.Erased, 0L), (copied.Verdict, copied.RecordsRemaining));
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request =>
            request is { Service: "blob", Method: "PUT" } && request.Target.StartsWith($"/{Copy}/", StringComparison.Ordinal)
        );

        ErasureReceipt files = Of(resumed, $"{WorldNames.UploadAccount}/{WorldNames.UploadContainer}");
        Assert.Equal(Verdict.Expiring, files.Verdict);
        Assert.InRange(files.Until!.Value, began.AddDays(7).AddSeconds(-2), began.AddDays(7).AddHours(1));
        Assert.Contains("point-in-time restore can bring back", files.Detail, StringComparison.Ordinal);
        ErasureReceipt feed = Of(resumed, $"{WorldNames.UploadAccount}/$blobchangefeed");
        Assert.Equal((Verdict.Expiring, LocationKinds.BlobChangeFeed), (feed.Verdict, feed.Kind));
        Assert.InRange(feed.Until!.Value, began.AddDays(20).AddSeconds(-2), began.AddDays(20).AddHours(4));
    }

    private static ErasureReceipt Of(IEnumerable<ErasureReceipt> receipts, string place) =>
        Assert.Single(receipts, receipt => receipt.Place == place);
}
