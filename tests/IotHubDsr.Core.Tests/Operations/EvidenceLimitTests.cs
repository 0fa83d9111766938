using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>Evidence that cannot be written is known before anything is erased.</summary>
public sealed class EvidenceLimitTests
{
    [Fact]
    public async Task Outcome_OfSeveralDevices_SaysEachLocationOnce()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1", "it's", "100%", "th-001"));

        string outcome = File.ReadAllText(OutcomeOf(sandbox, receipts[0].RequestId));
        Assert.Equal(
            receipts.Select(receipt => receipt.Location.Id).Distinct(StringComparer.Ordinal).Count(),
            outcome.Split("\"Provenance\"").Length - 1
        );
    }

    [Fact]
    public async Task Report_OutcomeOfAnEarlierVersion_SaysTheSame()
    {
        // A report shows when it was written: both are written at the same time.
        var stopped = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(stopped, sharesClock: true);
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1", "it's"));
        RequestReport now = await sandbox.ReportAsync(receipts[0].RequestId, "now.html");

        File.WriteAllBytes(OutcomeOf(sandbox, receipts[0].RequestId), JsonSerializer.SerializeToUtf8Bytes(receipts));
        RequestReport before = await sandbox.ReportAsync(receipts[0].RequestId, "before.html");

        Assert.Equal(Body(before), Body(now));
    }

    [Fact]
    public async Task Register_MoreDevicesThanTheJournalTakes_IsRefusedWithTheNumberThatFits()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.RegisterAsync(null, [.. Enumerable.Range(0, 100_001).Select(number => $"device-{number}")])
        );

        Assert.Equal("RequestTooLarge", refused.Fault.Id);
        Assert.Contains("at most 100000 devices", refused.Fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(sandbox.RequestStore));
    }

    [Fact]
    public async Task Erase_StoreThatCannotBeWritten_IsToldBeforeAnythingIsErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        string file = sandbox.PackagePath + ".file";
        File.WriteAllText(file, "no folder");

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.EraseAsync(plan, store: Path.Combine(file, "requests"))
        );

        Assert.Equal("RequestStoreNotWritable", refused.Fault.Id);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), logged => logged.Mutating);
    }

    [Fact]
    public async Task Erase_FailsBeforeThePlanIsOnRecord_NamesTheRequestAndHowToGoOn()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");

        // The path of the plan is the longest of the first files, and too long.
        string store = sandbox.RequestStore;
        while (store.Length < 4000)
            store = Path.Combine(store, new string('d', Math.Min(200, 4000 - store.Length)));

        DsrException failed = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan, store: store));

        DataRequest request = await sandbox.RequestAsync(store);
        Assert.Equal(DataRequestStatus.Received, request.Status);
        Assert.Contains($"Remove-IotDeviceData -RequestId {request.RequestId}", failed.Fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), logged => logged.Mutating);
    }

    [Fact]
    public async Task Erase_FailsWhenThePlanIsOnRecord_NamesTheRequestAndHowToGoOn()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        sandbox.Server.Access.Denied = [$"arm:{sandbox.Context.ResourceId}"];

        DsrException failed = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan));

        DataRequest request = await sandbox.RequestAsync();
        Assert.Equal(plan.Digest, request.PlanDigest);
        Assert.EndsWith(
            $"Continue the request '{request.RequestId}' with Resume-IotDataRequest {request.RequestId}.",
            failed.Fault.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("private")]
    [InlineData("certificates")]
    public async Task Erase_OutcomeCannotBeSaved_SaysThatTheStoreCannotBeWrittenAndHowToGoOn(string folder)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        int filled = 0;
        sandbox.Server.RequestLog.Observer = request =>
        {
            if (
                request.Status == 0
                && request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
                && Interlocked.Exchange(ref filled, 1) == 0
            )
            {
                TakeNoMoreFiles(Path.Combine(Directory.GetDirectories(sandbox.RequestStore).Single(), folder));
            }
        };

        DsrException failed = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan));

        Assert.Equal("RequestStoreNotWritable", failed.Fault.Id);
        string requestId = Path.GetFileName(Directory.GetDirectories(sandbox.RequestStore).Single());
        Assert.EndsWith($"with Resume-IotDataRequest {requestId}.", failed.Fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Puts a file in the place of a folder, so that nothing can be saved in it, as when the disk is full by then.</summary>
    private static void TakeNoMoreFiles(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Move(folder, folder + "-before");
        File.WriteAllText(folder, string.Empty);
    }

    private static string OutcomeOf(RequestSandbox sandbox, string requestId) =>
        Path.Combine(sandbox.RequestStore, requestId, "private", "outcome-0001.json");

    /// <summary>The report but for the time at which it was written.</summary>
    private static string Body(RequestReport report) =>
        string.Join('\n', File.ReadAllLines(report.Path).Where(line => !line.Contains("written", StringComparison.OrdinalIgnoreCase)));
}
