using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Requests;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>An erasure by workers ends as one in a single process does, whatever becomes of workers and of the command.</summary>
public sealed class DistributedErasureTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    private static readonly string[] Devices = ["dev1", "it's", "100%", "th-001"];
    private static readonly string Store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";

    private static readonly TimeProvider s_clock = new StoppedClock(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Remove_ByWorkers_EndsLikeOneProcess()
    {
        await using Undisturbed expected = await Undisturbed.RunAsync();
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);

        List<ErasureReceipt> receipts = await RemoveAsync(sandbox, workers);

        Assert.Equal(expected.Facts, receipts.Select(Facts));
        Assert.Equal(expected.Blobs, BlobsOf(sandbox));
        Assert.True(workers.Done > 0);
        Assert.Empty(Repeated(sandbox));
        await RequireSoundAsync(sandbox, workers, receipts[0].RequestId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Worker_LosesItsLease_AnotherOneDoesItsUnit_AndItWritesNothing(bool isDead)
    {
        await using Undisturbed expected = await Undisturbed.RunAsync();
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        int losses = 0;
        int lost = -1;
        workers.Before = async (worker, request) =>
        {
            if (isDead && Volatile.Read(ref lost) == worker)
                throw new HttpRequestException("It is dead.");
            if (!IsCommit(request) || Interlocked.CompareExchange(ref lost, worker, -1) != -1)
                return;

            // What it had sent before it died arrives; then its leases end.
            await Task.Delay(isDead ? 300 : 0);
            losses = await BreakLeasesAsync(sandbox);
            if (isDead)
                throw new HttpRequestException("It is dead.");
        };

        List<ErasureReceipt> receipts = await RemoveAsync(sandbox, workers);

        Assert.True(losses > 0);
        Assert.Equal(expected.Facts, receipts.Select(Facts));
        Assert.Equal(expected.Blobs, BlobsOf(sandbox));
        await RequireSoundAsync(sandbox, workers, receipts[0].RequestId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Command_IsLostInTheMiddle_ResumeElsewhere_EndsLikeOneProcess(bool distributed)
    {
        await using Undisturbed expected = await Undisturbed.RunAsync();
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        using var stop = new CancellationTokenSource();
        int commits = 0;
        workers.Before = (_, request) =>
            IsCommit(request) && Interlocked.Increment(ref commits) == 5 ? stop.CancelAsync() : Task.CompletedTask;
        sandbox.Workers = workers;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await sandbox.RemoveAsync(stop.Token, await RemovalAsync(sandbox, distributed: true))
        );
        DataRequest interrupted = await sandbox.RequestAsync(Store);
        await using RequestSandbox elsewhere = await sandbox.ElsewhereAsync();
        elsewhere.Workers = workers;
        List<ErasureReceipt> receipts = await elsewhere.ResumeAsync(interrupted.RequestId, Store, distributed: distributed);

        Assert.Equal(expected.Facts, receipts.Select(Facts));
        Assert.Equal(expected.Blobs, BlobsOf(sandbox));
        await RequireSoundAsync(sandbox, workers, interrupted.RequestId);
    }

    [Fact]
    public async Task Run_IsStoppedElsewhere_WorkersEnd_AndResumeEndsLikeOneProcess()
    {
        await using Undisturbed expected = await Undisturbed.RunAsync();
        await using RequestSandbox sandbox = await StartAsync();
        await using RequestSandbox elsewhere = await sandbox.ElsewhereAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        Task<DataRequest>? stopping = null;
        int commits = 0;
        workers.Before = async (_, request) =>
        {
            if (!IsCommit(request) || Interlocked.Increment(ref commits) != 5)
                return;
            string requestId = (await elsewhere.RequestAsync(Store)).RequestId;
            stopping = elsewhere.ChangeAsync(new StopOptions { RequestId = requestId, Store = Store });

            // Longer than the run takes to see it: it must not be at its end before.
            await Task.Delay(TimeSpan.FromSeconds(10));
        };
        sandbox.Workers = workers;

        DsrException stopped = await Assert.ThrowsAsync<DsrException>(async () =>
            await sandbox.RemoveAsync(await RemovalAsync(sandbox, distributed: true))
        );
        DataRequest interrupted = await stopping!;
        elsewhere.Workers = workers;
        List<ErasureReceipt> receipts = await elsewhere.ResumeAsync(interrupted.RequestId, Store, distributed: true);

        Assert.Equal(("RequestStopped", null, DataRequestStatus.Interrupted), (stopped.Fault.Id, interrupted.Holder, interrupted.Status));
        Assert.Equal(expected.Facts, receipts.Select(Facts));
        Assert.Equal(expected.Blobs, BlobsOf(sandbox));
        await RequireSoundAsync(sandbox, workers, interrupted.RequestId);
    }

    [Fact]
    public async Task Request_ShowsFromAnywhere_HowFarWorkersAre()
    {
        await using RequestSandbox sandbox = await StartAsync();
        await using RequestSandbox elsewhere = await sandbox.ElsewhereAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        List<DataRequest> seen = [];
        int commits = 0;
        workers.Before = async (_, request) =>
        {
            if (!IsCommit(request) || Interlocked.Increment(ref commits) != 1)
                return;

            // Its own part waits for this one commit; the others do not.
            for (int looks = 0; looks < 600 && !(seen.LastOrDefault()?.Workers?.PartsDone > 0); looks++)
            {
                seen.Add(await elsewhere.RequestAsync(Store));
                await Task.Delay(100);
            }
        };

        await RemoveAsync(sandbox, workers);

        DataRequest after = await elsewhere.RequestAsync(Store);
        Assert.All(seen, static request =>
        {
            Assert.Equal(DataRequestStatus.Running, request.Status);
            Assert.InRange(request.Workers!.Workers, 1, 2);
            Assert.InRange(request.Workers.PartsDone, 0, request.Workers.Parts - 1);
        });
        Assert.True(seen[^1].Workers!.PartsDone > 0);
        Assert.Null(after.Workers);
    }

    [Fact]
    public async Task Unit_ThatEveryWorkerIsLostWith_IsGivenUp_AndResumeEndsLikeOneProcess()
    {
        await using Undisturbed expected = await Undisturbed.RunAsync();
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        string? poison = null;
        workers.Before = async (_, request) =>
        {
            string path = request.RequestUri!.AbsolutePath;
            if (!IsCommit(request) || (Interlocked.CompareExchange(ref poison, path, null) ?? path) != path)
                return;
            await BreakLeasesAsync(sandbox, $".{path.Split('/')[1]}.");
            throw new HttpRequestException("It is dead.");
        };

        List<ErasureReceipt> first = await RemoveAsync(sandbox, workers);
        List<ErasureReceipt> receipts = await sandbox.ResumeAsync(first[0].RequestId, Store);

        Assert.Contains(sandbox.Reported, static fault => fault.Id == "UnitGivenUp");
        Assert.Contains(first, static receipt => receipt.Verdict == Verdict.Present);
        Assert.Equal(expected.Facts, receipts.Select(Facts));
        Assert.Equal(expected.Blobs, BlobsOf(sandbox));
    }

    [AzuriteFact]
    public async Task Remove_ByTheEngine_EndsLikeOneProcess_AndWorkersEnd()
    {
        await using Undisturbed expected = await Undisturbed.RunAsync();
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        DurableStorage storage = await azurite.OpenEngineAsync();
        RemoveOptions removal = await RemovalAsync(sandbox, distributed: true);
        sandbox.Workers = new EngineOnAzurite(storage);
        ISegmentStore store = workers.OpenStore();

        // Workers end when nothing is open, so the command comes first.
        Task<List<ErasureReceipt>> removing = sandbox.RemoveAsync(removal);
        while (!await OpenWork.IsThereAsync(store, CancellationToken.None) && !removing.IsCompleted)
            await Task.Delay(100);
        Task<WorkerRun>[] running =
        [
            WorkersOnAzurite.WorkAsync(storage, sandbox.Server, Store),
            WorkersOnAzurite.WorkAsync(storage, sandbox.Server, Store),
        ];
        List<ErasureReceipt> receipts = await removing;
        WorkerRun[] runs = await Task.WhenAll(running);

        Assert.Equal(expected.Facts, receipts.Select(Facts));
        Assert.Equal(expected.Blobs, BlobsOf(sandbox));
        Assert.True(runs.Sum(static run => run.Parts) > 0);
        Assert.All(runs, static run => Assert.True(run.IsNothingLeft));
        await RequireSoundAsync(sandbox, workers, receipts[0].RequestId);
    }

    [Fact]
    public async Task Verify_ByWorkers_HasTheVerdictsOfOneProcess_AndSeesWhenASegmentIsMissing()
    {
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        string requestId = (await RemoveAsync(sandbox, workers))[0].RequestId;

        List<ErasureReceipt> here = await sandbox.VerifyAsync(requestId, Store);
        List<ErasureReceipt> elsewhere = await sandbox.VerifyAsync(requestId, Store, distributed: true);

        Assert.Equal(here.Select(Facts), elsewhere.Select(Facts));
        ISegmentFolder folder = workers.OpenStore().OpenSegments(requestId);
        await folder.DeleteAsync((await folder.ListAsync(CancellationToken.None)).First(UnitFiles.IsSegment), CancellationToken.None);
        DsrException refusal = await Assert.ThrowsAsync<DsrException>(() => sandbox.VerifyAsync(requestId, Store));
        Assert.Equal("SegmentMissing", refusal.Fault.Id);
    }

    [Fact]
    public async Task Worker_AllowsWhatTheSealedPlanShows_AndNothingElse()
    {
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        RemoveOptions removal = await RemovalAsync(sandbox, distributed: false);
        ErasureStep step = removal.Planned!.Plan!.Steps.First(static step =>
            step is { Action: ErasureAction.Erase, Location.Kind: LocationKinds.RoutedBlobContainer }
        );
        await sandbox.RemoveAsync(removal);
        ISegmentFolder folder = workers.OpenStore().OpenSegments((await sandbox.RequestAsync(Store)).RequestId);

        SealedPlan plan = await SealedPlan.ReadAsync(folder, removal.Planned.Plan.Digest, CancellationToken.None);

        SeenItem item = step.Finding.Items.First(static item => item is { IsOldCopy: false, Records: > 0 });
        bool Allows(string location, string device, string path, long records) =>
            plan.Allows(location, new ItemToErase(path, item.ETag, [new ErasableShare(device, records)]));
        Assert.True(Allows(step.Location.Id, step.DeviceId, item.Path, item.Records));
        Assert.False(Allows(step.Location.Id, step.DeviceId, item.Path, item.Records + 1));
        Assert.False(Allows(step.Location.Id, step.DeviceId, item.Path + "x", item.Records));
        Assert.False(Allows(step.Location.Id, "dev10", item.Path, item.Records));
        Assert.False(Allows("elsewhere", step.DeviceId, item.Path, item.Records));
        DsrException refusal = await Assert.ThrowsAsync<DsrException>(() =>
            SealedPlan.ReadAsync(folder, Digests.Of("another"u8), CancellationToken.None)
        );
        Assert.Equal("InvalidPlan", refusal.Fault.Id);
    }

    /// <summary>By the same clock, which stands still, two worlds of the same seed are the same to the byte.</summary>
    private static Task<RequestSandbox> StartAsync() => RequestSandbox.StartAsync(s_clock, sharesClock: true);

    private static async Task<List<ErasureReceipt>> RemoveAsync(RequestSandbox sandbox, WorkersHere workers)
    {
        sandbox.Workers = workers;
        return await sandbox.RemoveAsync(await RemovalAsync(sandbox, distributed: true));
    }

    private static async Task<RemoveOptions> RemovalAsync(RequestSandbox sandbox, bool distributed)
    {
        await sandbox.ConnectAsync(options => options with { RequestStore = Store });
        return sandbox.Removal(await sandbox.PlanAsync(Devices)) with { Distributed = distributed };
    }

    /// <summary>The journal is one chain, a certificate names the segments, and every segment that the journal names is there.</summary>
    private static async Task RequireSoundAsync(RequestSandbox sandbox, WorkersHere workers, string requestId)
    {
        ISegmentFolder folder = workers.OpenStore().OpenSegments(requestId);
        JournalContent journal = (await folder.ReadJournalAsync(known: null, CancellationToken.None))!;
        var state = RequestState.Read("here", journal.Lines, requestId);
        Assert.NotEmpty(state.Works);
        Assert.All(state.Works, static work => Assert.False(work.Value.IsOpen));
        int segments = (await folder.ListAsync(CancellationToken.None)).Count(UnitFiles.IsSegment);
        Assert.Equal(segments, state.Works.Sum(static work => work.Value.Taken.Count));
        byte[] certificate = (await folder.ReadAsync(state.Certificates[^1].Certificate.File, CancellationToken.None))!;
        string text = Encoding.UTF8.GetString(certificate);
        string payload = text.Contains("payload", StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(
                Convert.FromBase64String(System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("payload").GetString()!)
            )
            : text;
        Assert.Contains("the segments of the journal that they wrote have heads", payload, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Reported, static fault => fault.Id is "UnitGivenUp" or "RewriteMismatch");
    }

    private static bool IsCommit(HttpRequestMessage request) =>
        request.Method == HttpMethod.Put
        && request.RequestUri!.Query.Contains("comp=blocklist", StringComparison.Ordinal)
        && !request.RequestUri.Host.StartsWith(WorldNames.EvidenceAccount, StringComparison.Ordinal);

    /// <summary>Commits of blobs that were made twice.</summary>
    private static IEnumerable<string> Repeated(RequestSandbox sandbox) =>
        sandbox
            .Server.RequestLog.After(0)
            .Where(static request =>
                request.Method == "PUT"
                && request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
                && request.Status is >= 200 and < 300
            )
            .GroupBy(static request => $"{request.Host}{request.Target}")
            .Where(static group => group.Count() > 1)
            .Select(static group => group.Key);

    private static async Task<int> BreakLeasesAsync(RequestSandbox sandbox, string of = "/segments/")
    {
        using AzureAccess access = SandboxAccess.Open(sandbox.Server, new Wire());
        var container = new BlobContainerClient(new Uri(Store), access.Credential, access.Configure(new BlobClientOptions()));
        int broken = 0;
        await foreach (BlobItem blob in container.GetBlobsAsync())
        {
            if (
                !blob.Name.Contains("/segments/", StringComparison.Ordinal)
                || !blob.Name.Contains(of, StringComparison.Ordinal)
                || blob.Properties.LeaseState != LeaseState.Leased
            )
            {
                continue;
            }

            try
            {
                await container.GetBlobClient(blob.Name).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
                broken++;
            }
            catch (RequestFailedException)
            {
                // It was let go of meanwhile.
            }
        }

        return broken;
    }

    private static SortedDictionary<string, string> BlobsOf(RequestSandbox sandbox)
    {
        var blobs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in (string[])[WorldNames.PlainAccount])
        {
            Assert.True(sandbox.Server.World.Blobs.TryGetAccount(name, out BlobAccount? account));
            foreach (BlobContainer container in account.Containers)
            {
                foreach (IotHubDsr.Sandbox.Storage.BlobSnapshotInfo blob in container.List(includeOld: false))
                    blobs[$"{name}/{container.Name}/{blob.Name}"] = Digests.Of(blob.Content.ToArray());
            }
        }

        return blobs;
    }

    private static (string Device, string Location, Verdict Verdict, long? Erased, long? Remaining, int Items) Facts(
        ErasureReceipt receipt
    ) => (receipt.DeviceId, receipt.Location.Id, receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining, receipt.ItemsChanged);

    /// <summary>A run in one process that nobody disturbs.</summary>
    private sealed class Undisturbed(RequestSandbox sandbox, List<ErasureReceipt> receipts) : IAsyncDisposable
    {
        public IEnumerable<(string, string, Verdict, long?, long?, int)> Facts => receipts.Select(DistributedErasureTests.Facts);

        public SortedDictionary<string, string> Blobs => BlobsOf(sandbox);

        public static async Task<Undisturbed> RunAsync()
        {
            RequestSandbox sandbox = await StartAsync();
            return new Undisturbed(sandbox, await sandbox.RemoveAsync(await RemovalAsync(sandbox, distributed: false)));
        }

        public ValueTask DisposeAsync() => sandbox.DisposeAsync();
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
