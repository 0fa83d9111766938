using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A plan of so many devices that it is a table and its items stand beside it is run like any other.</summary>
public sealed class LargePlanTests
{
    private static readonly string[] Devices =
    [
        .. Enumerable.Range(1, 38).Select(number => $"th-{number:D3}"),
        .. Enumerable.Range(1, 40).Select(number => $"nobody-{number:D3}"),
    ];

    [Fact]
    public async Task Resume_RunOfALargePlanWasStopped_EndsLikeAnUndisturbedRun()
    {
        await using RequestSandbox undisturbed = await RequestSandbox.StartAsync();
        List<ErasureReceipt> expected = await undisturbed.EraseAsync(await undisturbed.PlanAsync(Devices));
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(Devices);
        int commits = 0;

        await sandbox.EraseUntilAsync(plan, request =>
            request.Target.Contains("comp=blocklist", StringComparison.Ordinal) && Interlocked.Increment(ref commits) == 20
        );
        await using RequestSandbox other = await sandbox.ElsewhereAsync();
        string id = (await sandbox.RequestAsync()).RequestId;
        string store = sandbox.RequestStore;
        List<ErasureReceipt> receipts = await other.ResumeAsync(id, store);

        Assert.Equal(PlanDocument.TableFormat, plan.Format);
        Assert.True(PlanItems.HasAny(plan));
        Assert.Equal(expected.Select(Facts), receipts.Select(Facts));
        string[] files = [.. Directory.GetFiles(Path.Combine(store, id, "private")).Select(file => Path.GetFileName(file)!)];
        Assert.Contains(files, file => file.EndsWith(".items", StringComparison.Ordinal));

        await sandbox.ChangeAsync(new AnonymiseOptions { RequestId = id, Reason = "The rehearsal is over" });
        Assert.Empty(Directory.GetFiles(Path.Combine(store, id, "private"), "plan-*"));
    }

    [Fact]
    public async Task Resume_ItemsOfThePlanWereChanged_ErasesNothingMore()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseUntilAsync(await sandbox.PlanAsync(Devices), request =>
            request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
        );
        string id = (await sandbox.RequestAsync()).RequestId;
        string items = Directory.GetFiles(Path.Combine(sandbox.RequestStore, id, "private"), "*.items").Single();
        byte[] content = File.ReadAllBytes(items);
        content[^20] ^= 1;
        File.WriteAllBytes(items, content);
        long last = sandbox.Server.RequestLog.After(0).Max(request => request.Sequence);

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ResumeAsync(id));

        Assert.Equal("InvalidPlan", refused.Fault.Id);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(last), request => request.Mutating);
    }

    [Fact]
    public async Task Confirm_WithoutTheItemsBesideThePlan_TakesWhatIsTheSameAndNothingElse()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.SavePlanAsync("large.json", Devices);
        File.Delete(PlanFile.ItemsPathOf(plan.Path!));

        ErasurePlan confirmed = await sandbox.ConfirmAsync(plan.Path!);

        Assert.Equal(plan.Digest, confirmed.Digest);
        Assert.False(PlanItems.AreMissing(confirmed.Approved!));
        Assert.Same(confirmed.Approved, PlanDocument.RequireSealed(confirmed.Approved!));

        ErasureStep step = plan.Steps.First(step =>
            step.Location.Place.EndsWith("/raw-json", StringComparison.Ordinal) && step.Finding.Items.Count > 8
        );
        Touch(sandbox, step.Finding.Items.First(item => !item.IsOldCopy).Path);
        DsrException changed = await Assert.ThrowsAsync<DsrException>(() => sandbox.ConfirmAsync(plan.Path!));

        Assert.Equal("PlanChanged", changed.Fault.Id);
        Assert.Contains(PlanFile.ItemsPathOf(plan.Path!), changed.Fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Writes a blob again as it is: its records are the same, and its ETag is another one.</summary>
    private static void Touch(RequestSandbox sandbox, string name)
    {
        BlobContainer container = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("raw-json");
        BlobSnapshotInfo blob = container.List().Single(blob => blob.Name == name);
        container.Put(name, blob.Content, new BlobSeed { LastModified = sandbox.Server.World.Clock.GetUtcNow().AddDays(-20) });
    }

    private static (string Device, string Location, Verdict Verdict, long? Erased, long? Remaining, int Items) Facts(
        ErasureReceipt receipt
    ) => (receipt.DeviceId, receipt.Location.Id, receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining, receipt.ItemsChanged);
}
