using System.Text.Json;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Operations;

namespace IotHubDsr.Core.Tests.Sinks.Ledgers;

/// <summary>
/// An erasure that a service accepts and carries out later: it is pending until the service says that it is done, and erased only when
/// nothing is found any more.
/// </summary>
public sealed class LedgerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ledger-tests-").FullName;
    private readonly Ledger _ledger;

    public LedgerTests() => _ledger = new Ledger(Directory.CreateDirectory(Path.Combine(_folder, "pages")).FullName);

    [Fact]
    public async Task Footprint_AddsUpTheUnits()
    {
        await using RequestSandbox sandbox = await ConnectAsync();

        DeviceDataFinding[] findings = [.. (await sandbox.FindAsync("dev1", "Dev1", "nobody")).Where(IsOfLedger)];

        Assert.Equal(
            [("Dev1", Verdict.Present, 1, 1), ("dev1", Verdict.Present, 5, 4), ("nobody", Verdict.Absent, 0, 0)],
            findings.Select(finding => (finding.DeviceId, finding.Verdict, (int)finding.RecordCount, finding.Items.Count))
        );
    }

    [Fact]
    public async Task Erasure_IsOrderedOnce_AndPendingUntilThePromise()
    {
        await using RequestSandbox sandbox = await ConnectAsync();

        ErasureReceipt receipt = await EraseAsync(sandbox, "dev1");

        string number = Assert.Single(_ledger.Orders);
        Assert.Equal((Verdict.ErasurePending, 0), (receipt.Verdict, receipt.RecordsErased));
        Assert.InRange(receipt.Until!.Value - sandbox.Server.World.Clock.GetUtcNow(), TimeSpan.FromDays(29), LedgerSink.Promise);
        Assert.Contains($"operation {number}", receipt.Detail, StringComparison.Ordinal);

        ErasureReceipt again = await ResumeAsync(sandbox, receipt.RequestId);

        Assert.Equal((Verdict.ErasurePending, receipt.Until), (again.Verdict, again.Until));
        Assert.Single(_ledger.Orders);
        ServiceOperation operation = Assert.Single(await OperationsAsync(sandbox));
        Assert.Equal((number, false, receipt.Until), (operation.Id, operation.IsDone, operation.DueBy));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Order_ThatIsCarriedOut_IsErasedWithItsCounts(bool byResume)
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        ErasureReceipt ordered = await EraseAsync(sandbox, "dev1");
        _ledger.CarryOut();

        ErasureReceipt receipt = byResume ? await ResumeAsync(sandbox, ordered.RequestId) : await VerifyAsync(sandbox, ordered.RequestId);

        Assert.Equal((Verdict.Erased, 5, 0), (receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining));
        Assert.True(Assert.Single(await OperationsAsync(sandbox)).IsDone);
        Assert.Equal(0, Count("dev1"));
        Assert.Equal((1, 2), (Count("Dev1"), Count("dev10")));

        ErasureReceipt last = await VerifyAsync(sandbox, ordered.RequestId);
        Assert.Equal((Verdict.Erased, 5), (last.Verdict, last.RecordsErased));
    }

    [Fact]
    public async Task LinesThatAreHiddenBeforeTheOrderIsCarriedOut_StayPending()
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        ErasureReceipt ordered = await EraseAsync(sandbox, "dev1");
        foreach (string page in _ledger.Pages)
            await File.WriteAllTextAsync(page, string.Empty);

        ErasureReceipt receipt = await VerifyAsync(sandbox, ordered.RequestId);

        Assert.Equal((Verdict.ErasurePending, ordered.Until), (receipt.Verdict, receipt.Until));
    }

    [Fact]
    public async Task Order_ThatTheServiceOnlySaysItCarriedOut_ErasesNothing_AndIsGivenAgain()
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        ErasureReceipt ordered = await EraseAsync(sandbox, "dev1");
        _ledger.PretendToCarryOut();

        ErasureReceipt verified = await VerifyAsync(sandbox, ordered.RequestId);
        ErasureReceipt resumed = await ResumeAsync(sandbox, ordered.RequestId);

        Assert.Equal((Verdict.Present, 0), (verified.Verdict, verified.RecordsErased));
        Assert.Equal(Verdict.ErasurePending, resumed.Verdict);
        Assert.Equal(2, _ledger.Orders.Count);
    }

    [Fact]
    public async Task Order_ThatIsRefused_IsReported_AndGivenAgain()
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        ErasureReceipt ordered = await EraseAsync(sandbox, "dev1");
        _ledger.Refuse();

        ErasureReceipt resumed = await ResumeAsync(sandbox, ordered.RequestId);

        Assert.Contains(sandbox.Reported, fault => fault.Message.Contains("refused the order", StringComparison.Ordinal));
        Assert.Equal(Verdict.ErasurePending, resumed.Verdict);
        Assert.Equal(2, _ledger.Orders.Count);
        _ledger.CarryOut();
        Assert.Equal(
            (Verdict.Erased, 5L),
            (await ResumeAsync(sandbox, ordered.RequestId)) is var last ? (last.Verdict, last.RecordsErased!.Value) : default
        );
    }

    [Fact]
    public async Task Order_ThatIsOverdue_IsSaidToBe()
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        ErasureReceipt ordered = await EraseAsync(sandbox, "dev1");
        sandbox.Server.World.Clock.Advance(LedgerSink.Promise + TimeSpan.FromDays(1));

        ErasureReceipt receipt = await VerifyAsync(sandbox, ordered.RequestId);

        Assert.Equal(Verdict.Present, receipt.Verdict);
        Assert.Contains("as it promises", receipt.Detail, StringComparison.Ordinal);
        Assert.Single(_ledger.Orders);
    }

    [Fact]
    public async Task Run_ThatDiesBeforeTheTicketIsRecorded_OrdersAgain_AndCountsOnce()
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        ErasureReceipt ordered = await EraseAsync(sandbox, plan);
        CutBefore(Path.Combine(sandbox.RequestStore, ordered.RequestId), "ticket-taken");

        ErasureReceipt again = await ResumeAsync(sandbox, ordered.RequestId);
        Assert.Equal(2, _ledger.Orders.Count);
        _ledger.CarryOut();
        ErasureReceipt receipt = await ResumeAsync(sandbox, ordered.RequestId);

        Assert.Equal(Verdict.ErasurePending, again.Verdict);
        Assert.Equal((Verdict.Erased, 5), (receipt.Verdict, receipt.RecordsErased));
    }

    [Fact]
    public async Task Journal_AndCertificate_NameTheOperation_AndNoDevice()
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        ErasureReceipt ordered = await EraseAsync(sandbox, "dev1");
        _ledger.CarryOut();
        await ResumeAsync(sandbox, ordered.RequestId);

        string journal = await File.ReadAllTextAsync(JournalOf(Path.Combine(sandbox.RequestStore, ordered.RequestId)));
        Assert.Contains("ticket-taken", journal, StringComparison.Ordinal);
        Assert.Contains("ticket-closed", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("dev1", journal, StringComparison.Ordinal);
        string[] certificates = Directory.GetFiles(sandbox.RequestStore, "*.dsse.json", SearchOption.AllDirectories);
        Assert.Contains(certificates, file =>
            Notebooks.NotebookTests.Statement(file).Contains("carried out operation 0001.", StringComparison.Ordinal)
        );
        Assert.All(await sandbox.CheckAsync(certificates), check => Assert.True(check.IsValid));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsOfLedger(DeviceDataFinding finding) => finding.Kind == LedgerKind.Name;

    private static string JournalOf(string request) => Path.Combine(request, "journal.jsonl");

    /// <summary>A request as a kill leaves it before its journal gets the first line of a type.</summary>
    private static void CutBefore(string request, string type)
    {
        string[] lines = [.. File.ReadAllLines(JournalOf(request)).TakeWhile(line => !line.Contains(type, StringComparison.Ordinal))];
        File.WriteAllText(JournalOf(request), string.Concat(lines.Select(line => $"{line}\n")));
        Directory.Delete(Path.Combine(request, "certificates"), recursive: true);
        foreach (string outcome in Directory.GetFiles(Path.Combine(request, "private"), "outcome-*"))
            File.Delete(outcome);
    }

    private static async Task<ErasureReceipt> EraseAsync(RequestSandbox sandbox, params string[] deviceIds) =>
        await EraseAsync(sandbox, await sandbox.PlanAsync(deviceIds));

    private static async Task<ErasureReceipt> EraseAsync(RequestSandbox sandbox, ErasurePlan plan) =>
        OfLedger(await sandbox.EraseAsync(plan));

    private static async Task<ErasureReceipt> ResumeAsync(RequestSandbox sandbox, string requestId) =>
        OfLedger(await sandbox.ResumeAsync(requestId));

    private static async Task<ErasureReceipt> VerifyAsync(RequestSandbox sandbox, string requestId) =>
        OfLedger(await sandbox.VerifyAsync(requestId));

    private static ErasureReceipt OfLedger(IEnumerable<ErasureReceipt> receipts) =>
        Assert.Single(receipts, receipt => receipt.Location.Kind == LedgerKind.Name);

    private static async Task<IReadOnlyList<ServiceOperation>> OperationsAsync(RequestSandbox sandbox) =>
        Assert.Single((await sandbox.RequestAsync()).Locations, location => location.Kind == LedgerKind.Name).Operations;

    private int Count(string deviceId) => _ledger.Pages.Sum(page => Ledger.CountOn(page, deviceId));

    private async Task<RequestSandbox> ConnectAsync()
    {
        string[][] pages =
        [
            ["dev1", "dev10"],
            ["dev1", "dev1", "Dev1"],
            ["dev10"],
            ["dev1"],
            ["dev1", "dev'1"],
        ];
        for (int page = 0; page < pages.Length; page++)
        {
            string path = Path.Combine(_ledger.Folder, $"{page}.page");
            await File.WriteAllLinesAsync(path, pages[page].Select(device => $"{device}\tcalled"));
        }

        string locations = Path.Combine(_folder, "locations.json");
        await File.WriteAllTextAsync(
            locations,
            JsonSerializer.Serialize(new { locations = new[] { new { kind = LedgerKind.Name, place = _ledger.Folder } } })
        );
        RequestSandbox sandbox = await RequestSandbox.StartAsync(
            sharesClock: true,
            sinks: new SinkCatalogue(typeof(SinkCatalogue).Assembly, typeof(LedgerKind).Assembly)
        );
        await sandbox.ConnectAsync(options => options with { LocationFile = locations });
        return sandbox;
    }
}
