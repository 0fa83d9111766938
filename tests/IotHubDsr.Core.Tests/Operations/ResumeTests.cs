using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A request outlives the run that began it.</summary>
public sealed class ResumeTests
{
    private static readonly string[] Devices = ["dev1", "it's", "100%", "th-001"];

    public static TheoryData<string> Points =>
        new("DELETE /devices", "POST /devices", "comp=blocklist", "DELETE /device-uploads", "comp=list");

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Resume_RunWasStopped_EndsLikeAnUndisturbedRunAndRepeatsNothing(string point)
    {
        await using RequestSandbox undisturbed = await RequestSandbox.StartAsync();
        List<ErasureReceipt> expected = await undisturbed.EraseAsync(await undisturbed.PlanAsync(Devices));
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(Devices);

        await sandbox.EraseUntilAsync(plan, request => $"{request.Method} {request.Target}".Contains(point, StringComparison.Ordinal));
        DataRequest interrupted = await sandbox.RequestAsync();
        List<ErasureReceipt> receipts = await sandbox.ResumeAsync(interrupted.RequestId);

        Assert.Equal(DataRequestStatus.Interrupted, interrupted.Status);
        Assert.Equal(expected.Select(Facts), receipts.Select(Facts));
        Assert.Empty(Repeated(sandbox));
        DataRequest ended = await sandbox.RequestAsync();
        Assert.True(ended.Status is DataRequestStatus.ActionNeeded or DataRequestStatus.Waiting, ended.ToString());
        Assert.Equal(expected.Max(receipt => receipt.Verdict), ended.Verdict);
    }

    [Fact]
    public async Task Resume_ServiceKeptWhatTheFirstRunReplaced_RemovesTheseCopiesToo()
    {
        await using RequestSandbox undisturbed = await StartWithRecycleBinAsync();
        List<ErasureReceipt> expected = await undisturbed.EraseAsync(await undisturbed.PlanAsync(includeOldVersions: true, Devices));
        await using RequestSandbox sandbox = await StartWithRecycleBinAsync();
        int commits = 0;

        await sandbox.EraseUntilAsync(await sandbox.PlanAsync(includeOldVersions: true, Devices), request =>
            request is { Method: "PUT", Host: WorldNames.PlainAccount + ".blob.core.windows.net" }
            && request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
            && Interlocked.Increment(ref commits) == 12
        );
        List<ErasureReceipt> receipts = await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        Assert.Equal(expected.Select(Facts), receipts.Select(Facts));
        Assert.Equal(KeptCopies(undisturbed), KeptCopies(sandbox));
        Assert.Empty(Repeated(sandbox));
    }

    /// <summary>The account of the plain archives keeps what is replaced, and lets it be removed for good.</summary>
    private static async Task<RequestSandbox> StartWithRecycleBinAsync()
    {
        RequestSandbox sandbox = await RequestSandbox.StartAsync();
        Assert.True(sandbox.Server.World.Blobs.TryGetAccount(WorldNames.PlainAccount, out BlobAccount? account));
        account.Options = account.Options with { SoftDeleteDays = 7, AllowPermanentDelete = true };
        return sandbox;
    }

    private static int KeptCopies(RequestSandbox sandbox) =>
        sandbox.Server.World.Blobs.TryGetAccount(WorldNames.PlainAccount, out BlobAccount? account)
            ? account.Containers.Sum(container => container.List(includeOld: true).Count(blob => !blob.IsCurrent))
            : -1;

    [Fact]
    public async Task Verify_OfAnInterruptedErasure_DoesNotCallItEnded()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(Devices);
        await sandbox.EraseUntilAsync(plan, request => request.Target.Contains("comp=blocklist", StringComparison.Ordinal));
        string requestId = (await sandbox.RequestAsync()).RequestId;

        List<ErasureReceipt> verified = await sandbox.VerifyAsync(requestId);
        DataRequest still = await sandbox.RequestAsync();
        List<ErasureReceipt> receipts = await sandbox.ResumeAsync(requestId);

        Assert.Contains(verified, receipt =>
            receipt.Verdict == Verdict.Present && receipt.Location.Place.EndsWith("/raw-json", StringComparison.Ordinal)
        );
        Assert.Equal(DataRequestStatus.Interrupted, still.Status);
        Assert.All(receipts.Where(receipt => receipt.Location.Place.EndsWith("/raw-json", StringComparison.Ordinal)), receipt =>
            Assert.Equal(0, receipt.RecordsRemaining)
        );
        Assert.Empty(Repeated(sandbox));
    }

    [Fact]
    public async Task Resume_SomethingArrivedWhereThePlanFoundNothing_IsNotCertifiedAbsent()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        lock (sandbox.Server.World.Registry.Gate)
            sandbox.Server.World.Registry.Create("silent-1", []);
        ErasurePlan plan = await sandbox.PlanAsync("silent-1");
        Assert.Equal(
            Verdict.Absent,
            plan.Steps.Single(step => step.Location.Place.EndsWith("/raw-json", StringComparison.Ordinal)).Finding.Verdict
        );
        await sandbox.EraseUntilAsync(plan, request =>
            request.Method == "DELETE" && request.Target.StartsWith("/devices/silent-1?", StringComparison.Ordinal)
        );
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(2));

        List<ErasureReceipt> receipts = await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        // The hub has recorded the deletion of the device there meanwhile.
        ErasureReceipt receipt = receipts.Single(one => one.Location.Place.EndsWith("/raw-json", StringComparison.Ordinal));
        Assert.Equal(Verdict.Present, receipt.Verdict);
        Assert.True(receipt.RecordsRemaining > 0);
    }

    [Fact]
    public async Task Resume_DeviceWasMadeAgainMeanwhile_LeavesTheNewOneAlone()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        await sandbox.EraseUntilAsync(plan, request =>
            request.Method == "DELETE" && request.Target.Contains("/commands", StringComparison.Ordinal)
        );
        lock (sandbox.Server.World.Registry.Gate)
        {
            sandbox.Server.World.Registry.Delete(sandbox.Server.World.Registry.Device("dev1"));
            sandbox.Server.World.Registry.Create("dev1", []);
        }

        List<ErasureReceipt> receipts = await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        ErasureReceipt registry = receipts.Single(receipt => receipt.Kind == LocationKinds.DeviceRegistry);
        Assert.Equal(Verdict.OwnerAction, registry.Verdict);
        Assert.Contains("the new device was not touched", registry.Detail, StringComparison.Ordinal);
        Assert.Single(sandbox.Server.World.Registry.Devices, device => device.DeviceId == "dev1");
    }

    [Fact]
    public async Task Resume_Twice_OneWorksAndTheOtherIsToldWho()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseUntilAsync(await sandbox.PlanAsync(Devices), request =>
            request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
        );
        string requestId = (await sandbox.RequestAsync()).RequestId;
        await using RequestSandbox other = await sandbox.ElsewhereAsync();

        Task<List<ErasureReceipt>>[] both = [sandbox.ResumeAsync(requestId), other.ResumeAsync(requestId, sandbox.RequestStore)];
        await Task.WhenAll(both.Select(static one => one.ContinueWith(static _ => { }, TaskScheduler.Default)));

        DsrException busy = Assert.IsType<DsrException>(Assert.Single(both, one => one.IsFaulted).Exception!.InnerException);
        Assert.Equal("RequestBusy", busy.Fault.Id);
        Assert.Contains($"process {Environment.ProcessId}", busy.Fault.Message, StringComparison.Ordinal);
        Assert.Empty(Repeated(sandbox));
    }

    [Fact]
    public async Task Resume_BeforeAndAfterTheYoungestBlobsAreClosed_KeepsThemPendingAndThenErasesThem()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        List<DeviceDataFinding> bystanders = LogsOf(await sandbox.FindAsync("Dev1", "dev10"));
        List<ErasureReceipt> erased = LogsOf(await sandbox.EraseAsync(await sandbox.PlanAsync("dev1")));
        string requestId = (await sandbox.RequestAsync()).RequestId;

        List<ErasureReceipt> early = LogsOf(await sandbox.ResumeAsync(requestId));
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(3));
        List<ErasureReceipt> late = LogsOf(await sandbox.ResumeAsync(requestId));

        Assert.Equal(
            [(Verdict.ErasurePending, 6L), (Verdict.ErasurePending, 6L)],
            erased.Select(receipt => (receipt.Verdict, receipt.RecordsRemaining))
        );
        Assert.Equal(erased.Select(receipt => (receipt.Verdict, receipt.Until)), early.Select(receipt => (receipt.Verdict, receipt.Until)));
        Assert.Equal(
            [(Verdict.Erased, 12L, 0L), (Verdict.Erased, 12L, 0L)],
            late.Select(receipt => (receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining))
        );
        Assert.Equal(
            bystanders.Select(found => found.RecordCount),
            LogsOf(await sandbox.FindAsync("Dev1", "dev10")).Select(found => found.RecordCount)
        );

        // A workspace exports rows into blobs of its own, which close at other times.
        static bool IsOfSetting(string place) => place.Contains("/insights-logs-", StringComparison.Ordinal);

        static List<T> LogsOf<T>(List<T> all) =>
            [
                .. all.Where(one =>
                    one switch
                    {
                        ErasureReceipt { Kind: LocationKinds.LogArchive, RecordsPlanned: > 0 } receipt => IsOfSetting(receipt.Place),
                        DeviceDataFinding { Kind: LocationKinds.LogArchive } finding => IsOfSetting(finding.Place),
                        _ => false,
                    }
                ),
            ];
    }

    [Fact]
    public async Task Resume_TwiceAndTheSecondWaits_RepeatsNothing()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseUntilAsync(await sandbox.PlanAsync(Devices), request =>
            request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
        );
        string requestId = (await sandbox.RequestAsync()).RequestId;
        await using RequestSandbox other = await sandbox.ElsewhereAsync();

        List<ErasureReceipt>[] both = await Task.WhenAll(
            sandbox.ResumeAsync(requestId, wait: TimeSpan.FromMinutes(5)),
            other.ResumeAsync(requestId, sandbox.RequestStore, TimeSpan.FromMinutes(5))
        );

        Assert.Equal(both[0].Select(Facts), both[1].Select(Facts));
        Assert.Empty(Repeated(sandbox));
    }

    [Fact]
    public async Task Resume_EvidenceInAContainer_GoesOnFromThereOnAnotherMachine()
    {
        await using RequestSandbox undisturbed = await RequestSandbox.StartAsync();
        List<ErasureReceipt> expected = await undisturbed.EraseAsync(await undisturbed.PlanAsync(Devices));
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";
        await sandbox.EraseUntilAsync(
            await sandbox.PlanAsync(Devices),
            request => request.Target.Contains("comp=blocklist", StringComparison.Ordinal),
            store
        );
        Assert.Empty(Directory.GetFileSystemEntries(sandbox.RequestStore));
        await using RequestSandbox elsewhere = await sandbox.ElsewhereAsync();

        DataRequest interrupted = await elsewhere.RequestAsync(store);
        List<ErasureReceipt> receipts = await elsewhere.ResumeAsync(interrupted.RequestId, store);

        Assert.Equal(Devices.Order(StringComparer.Ordinal), interrupted.DeviceId.Order(StringComparer.Ordinal));
        Assert.Equal(expected.Select(Facts), receipts.Select(Facts));
        Assert.Empty(Repeated(sandbox));
    }

    [Fact]
    public async Task Erase_EvidenceCannotBeWritten_DestroysNothing()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        sandbox.Server.Access.Denied = [$"blob:{WorldNames.EvidenceAccount}"];

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.EraseAsync(plan, store: $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}")
        );

        Assert.Equal("PermissionMissing", refused.Fault.Id);
        Assert.Contains("/blobs/write is missing", refused.Fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request =>
            request.Mutating && !request.Host.StartsWith(WorldNames.EvidenceAccount, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Erase_EvidenceFailsInTheMiddle_DestroysNothingMore()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(Devices);
        bool refusing = false;
        long last = 0;
        sandbox.Server.RequestLog.Observer = request =>
        {
            if (request.Status == 0 && request.Target.Contains("comp=blocklist", StringComparison.Ordinal) && !refusing)
            {
                refusing = true;
                last = request.Sequence;
                sandbox.Server.Access.Denied = [$"blob:{WorldNames.EvidenceAccount}"];
            }
        };

        DsrException failed = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.EraseAsync(plan, store: $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}")
        );

        Assert.Equal("EvidenceFailed", failed.Fault.Id);

        // What was on record when the store began to refuse may still be sent; as many as are worked on at once.
        Assert.InRange(sandbox.Server.RequestLog.After(last).Count(request => IsDestructive(request)), 0, 8);
    }

    private static (string Device, string Location, Verdict Verdict, long? Erased, long? Remaining, int Items) Facts(
        ErasureReceipt receipt
    ) => (receipt.DeviceId, receipt.Location.Id, receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining, receipt.ItemsChanged);

    private static bool IsDestructive(LoggedRequest request) =>
        (request.Method == "DELETE" || (request.Method == "PUT" && request.Target.Contains("comp=blocklist", StringComparison.Ordinal)))
        && !request.Host.StartsWith(WorldNames.EvidenceAccount, StringComparison.Ordinal);

    private static List<string> Repeated(RequestSandbox sandbox) =>
        [
            .. sandbox
                .Server.RequestLog.After(0)
                .Where(request => IsDestructive(request) && request.Status is >= 200 and < 300)
                .GroupBy(request => $"{request.Method} {request.Host}{request.Target}")
                .Where(group => group.Count() > 1)
                .Select(group => group.Key),
        ];
}
