using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A run that somebody ends who is elsewhere.</summary>
public sealed class RequestStopTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ThatIsStoppedElsewhere_RecordsItsEnd_AndIsResumedAsIfItHadNotBeen(bool inContainer)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string store = inContainer
            ? $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}"
            : sandbox.RequestStore;
        await using RequestSandbox elsewhere = await sandbox.ElsewhereAsync();
        var reached = new TaskCompletionSource();
        using var goOn = new ManualResetEventSlim();
        sandbox.Server.RequestLog.Observer = request =>
        {
            if (request is { Mutating: true, Service: "blob", Status: 0 } && !IsOfStore(request.Host) && reached.TrySetResult())
                goOn.Wait(s_patience);
        };

        Task<List<ErasureReceipt>> run = sandbox.RemoveAsync(sandbox.Removal("dev1") with { Store = store });
        await reached.Task.WaitAsync(s_patience);
        string requestId = (await elsewhere.RequestAsync(store)).RequestId;
        Task<DataRequest> stopping = elsewhere.ChangeAsync(new StopOptions { RequestId = requestId, Store = store });
        DsrException stopped = await Assert.ThrowsAsync<DsrException>(() => run.WaitAsync(s_patience));
        goOn.Set();
        DataRequest after = await stopping.WaitAsync(s_patience);
        sandbox.Server.RequestLog.Observer = null;
        List<ErasureReceipt> resumed = await elsewhere.ResumeAsync(requestId, store);

        Assert.Equal("RequestStopped", stopped.Fault.Id);
        Assert.Equal((null, DataRequestStatus.Interrupted), (after.Holder, after.Status));
        await using RequestSandbox undisturbed = await RequestSandbox.StartAsync();
        Assert.Equal(Ends(await undisturbed.RemoveAsync(undisturbed.Removal("dev1"))), Ends(resumed));

        static IEnumerable<string> Ends(IEnumerable<ErasureReceipt> receipts) =>
            receipts.Select(static one => $"{one.Location} {one.Verdict} {one.RecordsRemaining}").Order(StringComparer.Ordinal);
        static bool IsOfStore(string host) => host.StartsWith(WorldNames.EvidenceAccount, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatNobodyWorksOn_CannotBeStopped_AndIsRunAfterwards()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest registered = await sandbox.RegisterAsync(receivedAt: null, "dev1");

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ChangeAsync(new StopOptions { RequestId = registered.RequestId })
        );
        List<ErasureReceipt> receipts = await sandbox.RemoveAsync(sandbox.Removal("dev1") with { RequestId = registered.RequestId });
        DsrException ended = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ChangeAsync(new StopOptions { RequestId = registered.RequestId })
        );

        Assert.Equal(("RequestNotRunning", "RequestNotRunning"), (refused.Fault.Id, ended.Fault.Id));
        Assert.NotEmpty(receipts);
    }
}
