using System.Text.Json.Nodes;
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
        Assert.InRange(receipt.Until!.Value, ordered.AddDays(30).AddSeconds(-2), ordered.AddDays(30).AddMinutes(5));
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Purge_OfAWorkspaceThatTheHubsLogsDoNotGoToAnyMore_IsAskedForAllTheSame(bool isVerified)
    {
        await using RequestSandbox sandbox = await StartAsync();
        ErasureReceipt ordered = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        sandbox.Server.World.DeletedSettings.Add("to-workspace");
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(15));

        ErasureReceipt done = await NextAsync();
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(25));
        ErasureReceipt erased = await NextAsync();

        // What was on its way when the device was deleted has a day to arrive.
        Assert.Equal((Verdict.ErasurePending, Verdict.ErasurePending), (ordered.Verdict, done.Verdict));
        Assert.Contains("can still arrive here", done.Detail, StringComparison.Ordinal);
        Assert.True(done.Until < ordered.Until - TimeSpan.FromDays(25), $"{done.Until} {ordered.Until}");
        Assert.Equal((Verdict.Erased, 3L, 0L), (erased.Verdict, erased.RecordsErased, erased.RecordsRemaining));
        ServiceOperation operation = Assert.Single(
            Assert
                .Single((await sandbox.RequestAsync()).Locations, location => location.Kind == LocationKinds.LogAnalyticsWorkspace)
                .Operations
        );
        Assert.True(operation.IsDone);

        async Task<ErasureReceipt> NextAsync() =>
            ReceiptOf(isVerified ? await sandbox.VerifyAsync(ordered.RequestId) : await sandbox.ResumeAsync(ordered.RequestId));
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
        Assert.Contains("\"covers\":\"", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("AzureDiagnostics", journal, StringComparison.Ordinal);
        Assert.DoesNotContain(Device, journal, StringComparison.Ordinal);
        string[] certificates = Directory.GetFiles(sandbox.RequestStore, "*.dsse.json", SearchOption.AllDirectories);
        Assert.Contains(certificates, file =>
            Notebooks.NotebookTests.Statement(file).Contains("carried out operation purge-", StringComparison.Ordinal)
        );
        Assert.All(await sandbox.CheckAsync(certificates), check => Assert.True(check.IsValid));
    }

    [Fact]
    public async Task Row_OfTheDeletionItself_IsOrderedByTheNextRun_AndNothingTwice()
    {
        await using RequestSandbox sandbox = await StartAsync();
        SandboxClock clock = sandbox.Server.World.Clock;
        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        AddRow(sandbox, LogSandbox.Naming(Device, "-deleted"), clock.GetUtcNow(), "DeviceIdentityOperations");

        ErasureReceipt second = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));
        int ordered = Purges(sandbox).Count;
        ErasureReceipt third = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));

        Assert.Equal((2, 2), (ordered, Purges(sandbox).Count));
        Assert.Equal([Verdict.ErasurePending, Verdict.ErasurePending], new[] { second, third }.Select(one => one.Verdict));
        Assert.Single(sandbox.Events.OfType<NoticeEvent>(), notice =>
            notice.Text.Contains("orders 1 row of the table AzureDiagnostics to be purged, by 1 value", StringComparison.Ordinal)
        );

        clock.Advance(TimeSpan.FromHours(15));
        ErasureReceipt last = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));
        Assert.Equal((Verdict.Erased, 4L, 0L), (last.Verdict, last.RecordsErased, last.RecordsRemaining));
        Assert.Equal(2, Purges(sandbox).Count);
    }

    [Fact]
    public async Task Limit_ReachedBetweenTwoTables_TellsWhenTheRestCanBeOrdered_AndOrdersOnlyThat()
    {
        await using RequestSandbox sandbox = await StartAsync();
        SandboxClock clock = sandbox.Server.World.Clock;
        LogWorkspace workspace = sandbox.Server.World.Logs.Workspaces[0];
        workspace.Options = workspace.Options with { MostPurgesPerHour = 1 };
        DateTimeOffset now = clock.GetUtcNow();
        workspace.Add(
            LogSchemas.SecurityEvents,
            new JsonObject { ["AssociatedResourceId"] = sandbox.Server.World.Names.HubId, ["DeviceId"] = Device },
            now.AddHours(-30),
            now.AddHours(-30)
        );

        ErasureReceipt first = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        ErasureReceipt early = ReceiptOf(await sandbox.ResumeAsync(first.RequestId));
        ErasureReceipt verified = ReceiptOf(await sandbox.VerifyAsync(first.RequestId));
        int sent = Purges(sandbox).Count;
        clock.Advance(TimeSpan.FromMinutes(62));
        ErasureReceipt rest = ReceiptOf(await sandbox.ResumeAsync(first.RequestId));
        clock.Advance(TimeSpan.FromHours(15));
        ErasureReceipt last = ReceiptOf(await sandbox.ResumeAsync(first.RequestId));

        Assert.Equal(1, sent);
        Assert.All([first, early, verified], one =>
        {
            Assert.Equal(Verdict.ErasurePending, one.Verdict);
            Assert.InRange(one.Until!.Value, now.AddMinutes(60).AddSeconds(-2), now.AddMinutes(65));
            Assert.Contains("The rest is not ordered yet", one.Detail, StringComparison.Ordinal);
        });
        Assert.Equal(Verdict.ErasurePending, rest.Verdict);
        Assert.InRange(rest.Until!.Value, now.AddDays(30).AddSeconds(-2), now.AddDays(31));
        Assert.Equal(2, Purges(sandbox).Count);
        Assert.Equal((Verdict.Erased, 4L), (last.Verdict, last.RecordsErased));
    }

    [Fact]
    public async Task RowsOfATraceThatNameNoDevice_StayInTheVerdictAndTheCertificate_UntilTheyLeave()
    {
        await using RequestSandbox sandbox = await StartAsync();
        SandboxClock clock = sandbox.Server.World.Clock;
        LogWorkspace workspace = sandbox.Server.World.Logs.Workspaces[0];
        DateTimeOffset made = clock.GetUtcNow().AddHours(-40);
        foreach (string? device in (string?[])[Device, null, null])
        {
            workspace.Add(
                LogSchemas.DistributedTracing,
                new JsonObject
                {
                    ["CorrelationId"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    ["DeviceId"] = device ?? "",
                    ["_ResourceId"] = sandbox.Server.World.Names.HubId.ToLowerInvariant(),
                },
                made,
                made
            );
        }

        ErasureReceipt ordered = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        clock.Advance(TimeSpan.FromHours(15));
        ErasureReceipt left = ReceiptOf(await sandbox.ResumeAsync(ordered.RequestId));
        string certificate = LastCertificate(sandbox);
        ErasureReceipt again = ReceiptOf(await sandbox.VerifyAsync(ordered.RequestId));
        clock.Advance(TimeSpan.FromDays(31));
        ErasureReceipt gone = ReceiptOf(await sandbox.VerifyAsync(ordered.RequestId));

        Assert.Equal(Verdict.ErasurePending, ordered.Verdict);
        Assert.All([left, again], one =>
        {
            Assert.Equal((Verdict.Expiring, 4L, 2L), (one.Verdict, one.RecordsErased, one.RecordsRemaining));
            Assert.Equal(made.AddDays(30), one.Until!.Value, TimeSpan.FromSeconds(1));
            Assert.Contains("2 records that could only be connected with the device by others", one.Detail, StringComparison.Ordinal);
        });
        Assert.Contains("could only be connected with the device by others", certificate, StringComparison.Ordinal);
        Assert.Equal((Verdict.Erased, 0L), (gone.Verdict, gone.RecordsRemaining));
        Assert.DoesNotContain("could only be connected", LastCertificate(sandbox), StringComparison.Ordinal);
        Assert.All(await sandbox.CheckAsync(Directory.GetFiles(sandbox.RequestStore, "*.dsse.json", SearchOption.AllDirectories)), check =>
            Assert.True(check.IsValid)
        );
    }

    [Fact]
    public async Task Purged_ButRowsCanStillCome_IsPendingForThirteenHours()
    {
        await using RequestSandbox sandbox = await StartAsync();
        SandboxClock clock = sandbox.Server.World.Clock;
        ErasureReceipt ordered = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        DateTimeOffset erased = clock.GetUtcNow();

        clock.Advance(TimeSpan.FromHours(6));
        ErasureReceipt purged = ReceiptOf(await sandbox.ResumeAsync(ordered.RequestId));

        Assert.Equal((Verdict.ErasurePending, 0L), (purged.Verdict, purged.RecordsRemaining));
        Assert.InRange(purged.Until!.Value, erased.AddHours(12.9), erased.AddHours(13.2));
    }

    [Fact]
    public async Task Fault_OfAPart_IsNotHiddenByAnOrderOfTheRest()
    {
        await using RequestSandbox sandbox = await StartAsync();
        DateTimeOffset now = sandbox.Server.World.Clock.GetUtcNow();
        AddRow(sandbox, LogSandbox.Naming(Device), now.AddDays(-9));
        AddRow(sandbox, LogSandbox.Naming(Device, "5"), now.AddHours(-30));
        var scope = new RecordScope { StartTime = now.AddDays(-4) };

        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(scope, Device)));

        Assert.Single(Purges(sandbox));
        Assert.Equal(Verdict.Present, receipt.Verdict);
        Assert.Contains("cannot be told from rows of another device", receipt.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2027-01-30T23:50:00Z")]
    [InlineData("2028-02-28T23:50:00Z")]
    [InlineData("2026-10-25T00:50:00Z")]
    public async Task Promise_OfThirtyDays_IsThirtyDays_AtTheEndsOfMonthsAndOfSummerTime(string start)
    {
        var clock = new ClockAt(DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture));
        await using RequestSandbox sandbox = await StartAsync(clock);
        DateTimeOffset ordered = sandbox.Server.World.Clock.GetUtcNow();

        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(14));
        ErasureReceipt erased = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));

        Assert.InRange(receipt.Until!.Value, ordered.AddDays(30).AddSeconds(-2), ordered.AddDays(30).AddMinutes(5));
        Assert.Equal((Verdict.Erased, 3L), (erased.Verdict, erased.RecordsErased));
    }

    /// <summary>A world whose workspace has three rows of the device, and one of a device whose ID begins with the same.</summary>
    private static async Task<RequestSandbox> StartAsync(TimeProvider? time = null)
    {
        RequestSandbox sandbox = await RequestSandbox.StartAsync(time, sharesClock: true);
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

    private static void AddRow(RequestSandbox sandbox, string properties, DateTimeOffset made, string category = "Connections") =>
        sandbox
            .Server.World.Logs.Workspaces[0]
            .Add(
                LogSchemas.AzureDiagnostics,
                DiagnosticsRow.Of(sandbox.Server.World.Names.HubId, category, "delete", properties),
                made,
                made
            );

    private static string LastCertificate(RequestSandbox sandbox) =>
        Notebooks.NotebookTests.Statement(
            Directory.GetFiles(sandbox.RequestStore, "*.dsse.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last()
        );

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

    /// <summary>The machine's time, moved to another day.</summary>
    private sealed class ClockAt(DateTimeOffset start) : TimeProvider
    {
        private readonly TimeSpan _by = start - System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _by;
    }
}
