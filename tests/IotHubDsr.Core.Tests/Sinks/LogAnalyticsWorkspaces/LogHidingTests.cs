using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Logs.Tables;
using LogWorkspace = IotHubDsr.Sandbox.Logs.LogWorkspace;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>Rows that are hidden from queries until a purge is carried out: nobody can see whether they are gone.</summary>
public sealed class LogHidingTests
{
    private const string Device = "th-001";

    private static readonly ErasureOptions s_hiding = new() { HideNow = true };

    [Fact]
    public async Task Rows_OfAPurge_AreHiddenByTheSameFilters_AndNoOthers()
    {
        await using LogSandbox logs = await StartAsync();

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync("dev1"));
        logs.Clock.Advance(TimeSpan.FromMinutes(11));

        JsonNode purge = JsonNode.Parse(Assert.Single(logs.Bodies))!;
        JsonNode hidden = JsonNode.Parse(Assert.Single(logs.Hidden))!;
        Assert.True(JsonNode.DeepEquals(purge["filters"], hidden["filters"]));
        Assert.DoesNotContain(LogSandbox.Naming("dev1"), logs.Seen());
        Assert.Contains(LogSandbox.Naming("dev10"), logs.Seen());
        Assert.Equal((null, 0L), (outcome.Fault, outcome.RecordsErased));
        Assert.True(Assert.Single(logs.Tickets).IsHidden);
        Assert.Contains("That is no erasure", Warnings(logs).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_AreHiddenOnlyWhenAskedFor()
    {
        await using LogSandbox logs = await StartAsync();
        logs.Erasure = ErasureOptions.OwnAndCurrent;

        await logs.EraseAsync("dev1");

        Assert.Single(logs.Bodies);
        Assert.Empty(logs.Hidden);
        Assert.False(Assert.Single(logs.Tickets).IsHidden);
    }

    [Fact]
    public async Task Ticket_OfHiddenRows_IsNotDoneBeforeThePromiseIsOver_NorWhereTheServiceIsNotThrough()
    {
        await using LogSandbox logs = await StartAsync();
        await logs.EraseAsync("dev1");

        logs.Clock.Advance(TimeSpan.FromDays(1));
        TicketAnswer completed = Assert.Single(await logs.AskAsync());
        logs.Clock.Advance(TimeSpan.FromDays(30));
        logs.Server.Faults.Add(
            new FaultRule
            {
                Service = "arm",
                PathContains = "/operations/",
                Status = 404,
                Times = 1,
            }
        );
        TicketAnswer unasked = Assert.Single(await logs.AskAsync());
        TicketAnswer over = Assert.Single(await logs.AskAsync());

        Assert.Equal(
            [TicketState.Pending, TicketState.Pending, TicketState.Done],
            new[] { completed, unasked, over }.Select(answer => answer.State)
        );
    }

    [Fact]
    public async Task Limit_OfTheService_KeepsNoPurge_AndTheNextRunHides()
    {
        await using LogSandbox logs = await StartAsync();
        logs.Workspace.Options = logs.Workspace.Options with { MostDeletionsPerHour = 0 };

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync("dev1"));
        string[] seen = logs.Seen();
        logs.Workspace.Options = logs.Workspace.Options with { MostDeletionsPerHour = 10 };
        logs.Earlier = [.. logs.Tickets];
        await logs.EraseAsync("dev1");
        logs.Clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Null(outcome.Fault);
        Assert.Contains(LogSandbox.Naming("dev1"), seen);
        Assert.Single(logs.Bodies);
        Assert.Equal(2, logs.Hidden.Count);
        Assert.DoesNotContain(LogSandbox.Naming("dev1"), logs.Seen());
        Assert.Contains("ten times an hour", Warnings(logs)[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(400)]
    public async Task Refusal_IsAWarning_AndThePurgeIsOrdered(int status)
    {
        await using LogSandbox logs = await StartAsync();
        logs.Server.Faults.Add(
            new FaultRule
            {
                Service = "arm",
                PathContains = "/deleteData",
                Status = status,
                Times = 100,
            }
        );

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync("dev1"));

        Assert.Null(outcome.Fault);
        Assert.Single(logs.Tickets);
        Assert.Contains("are not hidden meanwhile", Warnings(logs).Single(), StringComparison.Ordinal);
        Assert.Empty(logs.Reported);
    }

    [Fact]
    public async Task Request_IsPendingAfterTheServiceIsThrough_AndErasedWhenThePromiseIsOver_AlsoResumed()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        LogWorkspace workspace = sandbox.Server.World.Logs.Workspaces[0];
        foreach (LogTable table in workspace.Tables.ToList())
        {
            table.Clear();
            table.RetentionInDays = 365;
        }

        // What this request's own calls leave comes in later than the test lasts.
        workspace.Options = workspace.Options with { IngestionDelay = TimeSpan.FromDays(400), MostPurgesPerHour = 0 };
        DateTimeOffset made = clock.GetUtcNow().AddHours(-40);
        workspace.Add(
            LogSchemas.AzureDiagnostics,
            IotHubDsr.Sandbox.World.DiagnosticsRow.Of(
                sandbox.Server.World.Names.HubId,
                "Connections",
                "deviceConnect",
                LogSandbox.Naming(Device)
            ),
            made,
            made
        );
        ErasureReceipt waiting = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(s_hiding, Device)));

        // The run that orders is another one than that which the option was given to.
        workspace.Options = workspace.Options with { MostPurgesPerHour = 50 };
        clock.Advance(TimeSpan.FromMinutes(62));
        ErasureReceipt ordered = ReceiptOf(await sandbox.ResumeAsync(waiting.RequestId));
        clock.Advance(TimeSpan.FromHours(15));
        ErasureReceipt through = ReceiptOf(await sandbox.ResumeAsync(waiting.RequestId));
        ErasureReceipt verified = ReceiptOf(await sandbox.VerifyAsync(waiting.RequestId));
        clock.Advance(TimeSpan.FromDays(30));
        ErasureReceipt erased = ReceiptOf(await sandbox.ResumeAsync(waiting.RequestId));

        Assert.Single(sandbox.Server.RequestLog.After(0), request => request.Target.Contains("/deleteData", StringComparison.Ordinal));
        Assert.All([ordered, through, verified], one =>
        {
            Assert.Equal((Verdict.ErasurePending, 0L), (one.Verdict, one.RecordsErased));
            Assert.Contains("which is no erasure", one.Detail, StringComparison.Ordinal);
        });
        Assert.Equal(ordered.Until, through.Until);
        Assert.Equal((Verdict.Erased, 1L, 0L), (erased.Verdict, erased.RecordsErased, erased.RecordsRemaining));
    }

    /// <summary>A workspace with a row of dev1 and one of a device whose ID begins with the same.</summary>
    private static async Task<LogSandbox> StartAsync()
    {
        LogSandbox logs = await LogSandbox.StartAsync();
        logs.Erasure = s_hiding;
        logs.Add(LogSandbox.Naming("dev1"));
        logs.Add(LogSandbox.Naming("dev10"));
        return logs;
    }

    private static string[] Warnings(LogSandbox logs) =>
        [.. logs.Events.OfType<NoticeEvent>().Where(notice => notice.Level == NoticeLevel.Warning).Select(notice => notice.Text)];

    private static ErasureReceipt ReceiptOf(IEnumerable<ErasureReceipt> receipts) =>
        Assert.Single(receipts, receipt => receipt.Kind == LocationKinds.LogAnalyticsWorkspace);
}
