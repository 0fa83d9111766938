using System.Text;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>Certificates are never overwritten, and show when a journal is older than they are.</summary>
public sealed class RolledBackJournalTests
{
    [Fact]
    public async Task Request_OlderJournalPutBack_IsRefusedEverywhereAndNamesBoth()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        await sandbox.EraseAsync(plan);
        DataRequest request = await sandbox.RequestAsync();
        string certificate = request.Certificates.Single().Path!;
        byte[] before = File.ReadAllBytes(certificate);
        Keep(sandbox, _ => 3);

        List<Fault> faults =
        [
            await FaultOf(() => sandbox.ResumeAsync(request.RequestId)),
            await FaultOf(() => sandbox.VerifyAsync(request.RequestId)),
            await FaultOf(() => sandbox.EraseAsync(plan, requestId: request.RequestId)),
            await FaultOf(() => sandbox.ChangeAsync(new ExtendOptions { RequestId = request.RequestId, Reason = "There are many" })),
            await FaultOf(() => sandbox.ReportAsync(request.RequestId, "report.html")),
        ];
        Assert.Empty(await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true }));
        faults.Add(sandbox.Reported.Last());

        Assert.All(faults, fault => Assert.Equal("JournalRolledBack", fault.Id));
        Assert.All(faults, fault => Assert.Contains(certificate, fault.Message, StringComparison.Ordinal));
        Assert.All(faults, fault =>
            Assert.Contains(Path.Combine(sandbox.RequestStore, request.RequestId), fault.Message, StringComparison.Ordinal)
        );
        Assert.Equal(before, File.ReadAllBytes(certificate));
    }

    [Fact]
    public async Task Request_OlderJournalPutBackBehindTheFirstOfTwoCertificates_IsRefused()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string requestId = (await sandbox.EraseAsync(await sandbox.PlanAsync("dev1")))[0].RequestId;
        int after = File.ReadAllLines(JournalOf(sandbox)).Length;
        await sandbox.VerifyAsync(requestId);
        Keep(sandbox, _ => after);

        Fault fault = await FaultOf(() => sandbox.ResumeAsync(requestId));

        Assert.Equal("JournalRolledBack", fault.Id);
        Assert.Contains("0002.dsse.json", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certify_RunDiedBeforeItsCertificateWasOnRecord_KeepsThatCertificateAndFollowsIt()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string requestId = (await sandbox.EraseAsync(await sandbox.PlanAsync("dev1")))[0].RequestId;
        string first = (await sandbox.RequestAsync()).Certificates.Single().Path!;
        byte[] before = File.ReadAllBytes(first);
        Keep(sandbox, lines => Array.FindIndex(lines, line => line.Contains("\"type\":\"certified\"", StringComparison.Ordinal)));

        await sandbox.ResumeAsync(requestId);

        Assert.Equal(before, File.ReadAllBytes(first));
        CertificateReference second = Assert.Single((await sandbox.RequestAsync()).Certificates);
        Assert.EndsWith("0002.dsse.json", second.Path, StringComparison.Ordinal);
        Assert.All(await sandbox.CheckAsync(first, second.Path!), check => Assert.True(check.IsValid, check.Reason));
        Assert.Contains(sandbox.Events.OfType<NoticeEvent>(), notice =>
            notice.Level == NoticeLevel.Warning && notice.Text.Contains(first, StringComparison.Ordinal)
        );
    }

    private static async Task<Fault> FaultOf(Func<Task> action) => (await Assert.ThrowsAsync<DsrException>(action)).Fault;

    private static string JournalOf(RequestSandbox sandbox) =>
        Path.Combine(Directory.GetDirectories(sandbox.RequestStore).Single(), "journal.jsonl");

    /// <summary>Puts a backup of the journal back.</summary>
    private static void Keep(RequestSandbox sandbox, Func<string[], int> count)
    {
        string journal = JournalOf(sandbox);
        string[] lines = File.ReadAllLines(journal);
        File.WriteAllBytes(journal, Encoding.UTF8.GetBytes(string.Join('\n', lines[..count(lines)]) + "\n"));
    }
}
