using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>An order is sent once, is on record before it is sent, and counts against the limit of its workspace.</summary>
public sealed class LogLimitTests
{
    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(null)]
    public async Task Order_WhoseAnswerIsNotKnown_IsSentOnce_AndStaysOnRecordWithWhatItLeaves(int? status)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1");
        if (status is null)
        {
            logs.Wire.LoseResponse = static request => request.RequestUri!.AbsolutePath.EndsWith("/purge", StringComparison.Ordinal);
        }
        else
        {
            logs.Server.Faults.Add(
                new FaultRule
                {
                    Service = "arm",
                    PathContains = "/purge?",
                    Status = status,
                    Times = 100,
                }
            );
        }

        Exception? failed = await Record.ExceptionAsync(() => logs.EraseAsync(found));
        ErasureTicket ticket = Assert.Single(logs.Tickets);
        TicketAnswer seen = Assert.Single(await logs.AskAsync());

        Assert.IsType<DsrException>(failed);
        Assert.Single(logs.Bodies);
        Assert.True(ticket.IsUnconfirmed);
        Assert.False(ticket.IsHidden);
        Assert.Equal(["dev1"], ticket.DeviceIds);
        Assert.True(ticket.Covers(PurgeValue.CoveredBy("AzureDiagnostics", "properties_s", LogSandbox.Naming("dev1"))));
        Assert.Equal(TicketState.Pending, seen.State);

        // What is still seen is ordered again; what is not has been carried out.
        logs.Wire.LoseResponse = null;
        logs.Server.Faults.Clear();
        logs.Earlier = [.. logs.Tickets];
        await logs.EraseAsync(found);
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(2, logs.Bodies.Count);
        Assert.All(await logs.AskAsync(), answer => Assert.Equal(TicketState.Done, answer.State));
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(403, true)]
    [InlineData(429, false)]
    public async Task Order_ThatIsRefused_LeavesNoTicket(int status, bool isFault)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        logs.Server.Faults.Add(
            new FaultRule
            {
                Service = "arm",
                PathContains = "/purge?",
                Status = status,
                Times = 100,
            }
        );

        Exception? failed = await Record.ExceptionAsync(() => logs.EraseAsync("dev1"));

        Assert.Equal(isFault, failed is DsrException);
        Assert.Single(logs.Bodies);
        Assert.Empty(logs.Tickets);
    }

    [Fact]
    public async Task Order_IsConfirmedInPlaceOfTheOneThatWasRecordedBefore()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        int before = -1;
        Func<HttpRequestMessage, Task> record = logs.Wire.Before!;
        logs.Wire.Before = async request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/purge", StringComparison.Ordinal))
                before = logs.Tickets.Count(static ticket => ticket.IsUnconfirmed);
            await record(request);
        };

        await logs.EraseAsync("dev1");

        ErasureTicket ticket = Assert.Single(logs.Tickets);
        Assert.Equal((1, false), (before, ticket.IsUnconfirmed));
        Assert.NotNull(ticket.Confirms);
        Assert.StartsWith("purge-", ticket.Operation);
    }
}
