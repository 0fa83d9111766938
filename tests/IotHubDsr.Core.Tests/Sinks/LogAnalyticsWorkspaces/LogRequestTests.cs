using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.World;
using LogWorkspace = IotHubDsr.Sandbox.Logs.LogWorkspace;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>A workspace in a whole request: what is purged is pending until a query finds nothing, and no longer than promised.</summary>
public sealed class LogRequestTests
{
    private const string Device = "th-001";

    [Fact]
    public async Task Purge_IsPendingForThirtyDays_AndErasedOnceNothingIsFound()
    {
        await using RequestSandbox sandbox = await StartAsync();
        DateTimeOffset ordered = sandbox.Server.World.Clock.GetUtcNow();

        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));

        Assert.Equal((Verdict.ErasurePending, 0L), (receipt.Verdict, receipt.RecordsErased));
        Assert.InRange(receipt.Until!.Value, ordered.AddDays(30), ordered.AddDays(30).AddMinutes(5));
        Assert.Contains("operation purge-", receipt.Detail, StringComparison.Ordinal);

        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(1));
        ErasureReceipt early = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(14));
        ErasureReceipt late = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));

        Assert.Equal((Verdict.ErasurePending, receipt.Until), (early.Verdict, early.Until));
        Assert.Equal((Verdict.Erased, 3L, 0L), (late.Verdict, late.RecordsErased, late.RecordsRemaining));
        Assert.Single(Purges(sandbox));
        ServiceOperation operation = Assert.Single(
            Assert
                .Single((await sandbox.RequestAsync()).Locations, location => location.Kind == LocationKinds.LogAnalyticsWorkspace)
                .Operations
        );
        Assert.True(operation.IsDone);
    }

    [Fact]
    public async Task Purge_ThatIsCompleted_AndHasErasedNothing_IsPendingUntilThePromise_AndThenOrderedAgain()
    {
        await using RequestSandbox sandbox = await StartAsync();
        LogWorkspace workspace = sandbox.Server.World.Logs.Workspaces[0];
        workspace.Options = workspace.Options with { PurgeLasting = TimeSpan.FromDays(60) };
        SandboxClock clock = sandbox.Server.World.Clock;
        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));

        clock.Advance(TimeSpan.FromDays(29));
        ErasureReceipt completed = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));
        clock.Advance(TimeSpan.FromDays(2));
        ErasureReceipt verified = ReceiptOf(await sandbox.VerifyAsync(receipt.RequestId));
        ErasureReceipt again = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));

        Assert.Equal((Verdict.ErasurePending, receipt.Until), (completed.Verdict, completed.Until));
        Assert.Equal(Verdict.Present, verified.Verdict);
        Assert.Contains(sandbox.Reported, fault => fault.Message.Contains("ask the service's support", StringComparison.Ordinal));
        Assert.Equal(Verdict.ErasurePending, again.Verdict);
        Assert.Equal(2, Purges(sandbox).Count);
    }

    [Fact]
    public async Task Purge_ThatStaysPending_IsNeverCalledErased()
    {
        await using RequestSandbox sandbox = await StartAsync();
        LogWorkspace workspace = sandbox.Server.World.Logs.Workspaces[0];
        workspace.Options = workspace.Options with { PurgePending = TimeSpan.FromDays(60) };
        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));

        // What is not found any more can be hidden.
        workspace.Table(LogSchemas.AzureDiagnostics)!.Clear();
        workspace.Add(
            LogSchemas.AzureDiagnostics,
            DiagnosticsRow.Of(sandbox.Server.World.Names.HubId, "Routes", "x", "{}"),
            sandbox.Server.World.Clock.GetUtcNow(),
            sandbox.Server.World.Clock.GetUtcNow()
        );
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(31));
        ErasureReceipt late = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));

        Assert.Equal((Verdict.ErasurePending, (DateTimeOffset?)null), (late.Verdict, late.Until));
        Assert.Single(Purges(sandbox));
    }

    [Fact]
    public async Task Limit_IsWaitedFor_AndTheNextRunOrders()
    {
        await using RequestSandbox sandbox = await StartAsync();
        LogWorkspace workspace = sandbox.Server.World.Logs.Workspaces[0];
        workspace.Options = workspace.Options with { MostPurgesPerHour = 0 };

        ErasureReceipt waiting = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        ErasureReceipt early = ReceiptOf(await sandbox.ResumeAsync(waiting.RequestId));
        workspace.Options = workspace.Options with { MostPurgesPerHour = 50 };
        sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(61));
        ErasureReceipt ordered = ReceiptOf(await sandbox.ResumeAsync(waiting.RequestId));
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(14));
        ErasureReceipt erased = ReceiptOf(await sandbox.ResumeAsync(waiting.RequestId));

        Assert.Equal(
            [Verdict.ErasurePending, Verdict.ErasurePending, Verdict.ErasurePending, Verdict.Erased],
            new[] { waiting, early, ordered, erased }.Select(one => one.Verdict)
        );
        Assert.Contains("50 purges an hour", waiting.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Reported, fault => fault.Message.Contains("LogAnalytics", StringComparison.Ordinal));
        Assert.Equal(3, erased.RecordsErased);
    }

    [Fact]
    public async Task JournalAndCertificates_NameTheOperation_AndNoDevice()
    {
        await using RequestSandbox sandbox = await StartAsync();
        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(14));
        await sandbox.ResumeAsync(receipt.RequestId);

        string journal = await File.ReadAllTextAsync(Path.Combine(sandbox.RequestStore, receipt.RequestId, "journal.jsonl"));
        Assert.Contains("\"purge-", journal, StringComparison.Ordinal);
        Assert.DoesNotContain(Device, journal, StringComparison.Ordinal);
        string[] certificates = Directory.GetFiles(sandbox.RequestStore, "*.dsse.json", SearchOption.AllDirectories);
        Assert.Contains(certificates, file =>
            Notebooks.NotebookTests.Statement(file).Contains("carried out operation purge-", StringComparison.Ordinal)
        );
        Assert.All(await sandbox.CheckAsync(certificates), check => Assert.True(check.IsValid));
    }

    /// <summary>A world whose workspace has three rows of the device, and one of a device whose ID begins with the same.</summary>
    private static async Task<RequestSandbox> StartAsync()
    {
        RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        LogWorkspace workspace = sandbox.Server.World.Logs.Workspaces[0];
        foreach (LogTable table in workspace.Tables.ToList())
        {
            table.Clear();
            table.RetentionInDays = 365;
        }

        // What the hub logs of this request's own calls comes in later than any test lasts.
        workspace.Options = workspace.Options with { IngestionDelay = TimeSpan.FromDays(400) };
        workspace.Remove(WorkspaceSeed.SearchTable);
        DateTimeOffset made = sandbox.Server.World.Clock.GetUtcNow().AddHours(-40);
        foreach (string device in (string[])[Device, Device, Device, $"{Device}0"])
        {
            workspace.Add(
                LogSchemas.AzureDiagnostics,
                DiagnosticsRow.Of(sandbox.Server.World.Names.HubId, "Connections", "deviceConnect", LogSandbox.Naming(device)),
                made,
                made
            );
        }
        return sandbox;
    }

    private static ErasureReceipt ReceiptOf(IEnumerable<ErasureReceipt> receipts) =>
        Assert.Single(receipts, receipt => receipt.Kind == LocationKinds.LogAnalyticsWorkspace);

    private static IReadOnlyList<IotHubDsr.Sandbox.Hosting.LoggedRequest> Purges(RequestSandbox sandbox) =>
        [
            .. sandbox
                .Server.RequestLog.After(0)
                .Where(request =>
                    request is { Method: "POST", Status: 202 } && request.Target.Contains("/purge?", StringComparison.Ordinal)
                ),
        ];
}
