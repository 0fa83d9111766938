using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Core.Tests.Sinks.DataExplorerTables;

/// <summary>Purges are in two steps, take what was counted and nothing else, and are not over before the service's storage is clean.</summary>
public sealed class TablePurgeTests
{
    [Fact]
    public async Task Purge_IsOneForManyDevices_OfWhatTheServiceHasCounted()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        foreach (string id in (string[])["dev1", "dev1", "it's", "dev10", "Dev1", "\\\"x"])
            explorer.Add(id);

        IReadOnlyList<ErasureOutcome> outcomes = await explorer.EraseAsync("dev1", "it's", "\\\"x", "nobody-here");

        Assert.All(outcomes, outcome => Assert.Equal((0L, (Fault?)null), (outcome.RecordsErased, outcome.Fault)));
        Assert.Equal(2, explorer.Purges.Count());
        Assert.Equal(4, Assert.Single(explorer.Announced).Items.Sum(item => item.Records));
        ErasureTicket ticket = Assert.Single(explorer.Tickets);
        Assert.Equal(ticket.AcceptedAt.AddDays(30), ticket.DueBy);
        Assert.Equal(["dev1", "it's", "\\\"x"], ticket.DeviceIds);
        explorer.Clock.Advance(TimeSpan.FromHours(7));
        Assert.Equal(["Dev1", "dev10"], explorer.Seen());
    }

    [Fact]
    public async Task Texts_NameDevicesOnlyInLiterals_ThatTheServiceKeepsOutOfItsLogs()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("dev1");

        await explorer.ExportAsync("dev1");
        await explorer.EraseAsync("dev1");

        Assert.Contains(explorer.Purges, static text => text.Contains("(h'dev1')", StringComparison.Ordinal));
        Assert.All(explorer.Texts, static text =>
            Assert.DoesNotContain("dev1", text.Replace("h'dev1'", "", StringComparison.Ordinal), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Count_ThatIsNotThePlans_PurgesNothing()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("dev1");
        IReadOnlyList<DeviceDataFinding> found = await explorer.FindAsync("dev1");
        bool isAdded = false;
        explorer.Server.RequestLog.Interlude = request =>
        {
            // A row of an earlier time comes in between the reading and the first step.
            if (!isAdded && request.Host.StartsWith("ingest-", StringComparison.Ordinal))
            {
                isAdded = true;
                explorer.Add("dev1", explorer.Clock.GetUtcNow().AddDays(-4));
            }

            return Task.CompletedTask;
        };

        ErasureOutcome outcome = Assert.Single(await explorer.EraseAsync(found));

        Assert.Contains("nothing was purged", outcome.Fault!.Message, StringComparison.Ordinal);
        Assert.Single(explorer.Purges);
        Assert.Empty(explorer.Tickets);
        Assert.Empty(explorer.Announced);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_ThatComeBeforeTheServiceSelects_AreKept_AlsoWhereNothingButTheirTimeTellsThemApart(bool hasTime)
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("dev1", generation: "");
        explorer.Table.Add(new JsonObject { ["DeviceId"] = "dev2", ["GenerationId"] = "" });
        string device = hasTime ? "dev1" : "dev2";
        IReadOnlyList<DeviceDataFinding> found = await explorer.FindAsync(device);
        int purges = 0;
        explorer.Server.RequestLog.Interlude = request =>
        {
            // Another device has the ID by then.
            if (request.Host.StartsWith("ingest-", StringComparison.Ordinal) && ++purges == 2)
                explorer.Add(device, explorer.Clock.GetUtcNow(), generation: "");
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = Assert.Single(await explorer.EraseAsync(found));
        explorer.Clock.Advance(TimeSpan.FromHours(7));

        Assert.Null(outcome.Fault);
        Assert.Equal((2, 2), (purges, explorer.Purges.Count()));
        Assert.Equal(["dev1", "dev2"], explorer.Seen());
        Assert.Equal(hasTime, explorer.Seen("EnqueuedTime").Contains(""));
    }

    [Fact]
    public async Task RowOfAnotherHub_WithTheSameId_KeepsTheDeviceFromBeingPurged_AndNobodyElse()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Settings[LocationSettings.OtherHubs] = "fabrikam-hub";
        explorer.Generations["dev1"] = ExplorerSandbox.Generation;
        explorer.Generations["dev2"] = ExplorerSandbox.Generation;
        explorer.Add("dev1");
        explorer.Add("dev1", generation: "999");
        explorer.Add("dev2");

        IReadOnlyList<ErasureOutcome> outcomes = await explorer.EraseAsync("dev1", "dev2");

        Assert.Contains("cannot be told from", outcomes[0].Fault!.Message, StringComparison.Ordinal);
        Assert.Null(outcomes[1].Fault);
        explorer.Clock.Advance(TimeSpan.FromHours(7));
        Assert.Equal(["dev1", "dev1"], explorer.Seen());
    }

    [Fact]
    public async Task ColumnOfTheHub_IsPartOfThePredicateWhereItIsNeeded()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Replace(
            [("Id", KustoType.String), ("Hub", KustoType.String)],
            """
            [{"column":"Id","Properties":{"Path":"$.iothub-connection-device-id"}},{"column":"Hub","Properties":{"Path":"$.iothub-name"}}]
            """
        );
        explorer.Settings[LocationSettings.OtherHubs] = "fabrikam-hub";
        explorer.Table.Add(new JsonObject { ["Id"] = "dev1", ["Hub"] = "Contoso-Hub" });
        explorer.Table.Add(new JsonObject { ["Id"] = "dev1", ["Hub"] = "fabrikam-hub" });

        ErasureOutcome outcome = Assert.Single(await explorer.EraseAsync("dev1"));

        Assert.Null(outcome.Fault);
        explorer.Clock.Advance(TimeSpan.FromHours(7));
        Assert.Equal(["fabrikam-hub"], explorer.Seen("Hub"));
    }

    [Fact]
    public async Task PurgeThatIsSwitchedOff_IsTheOwners_AndNothingIsOrdered()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("dev1");
        IReadOnlyList<DeviceDataFinding> found = await explorer.FindAsync("dev1");
        explorer.Cluster.Options = explorer.Cluster.Options with { PurgeEnabled = false };

        DeviceDataFinding finding = await explorer.FindOneAsync();
        ErasureOutcome outcome = Assert.Single(await explorer.EraseAsync(found));

        Assert.Equal((Verdict.OwnerAction, 1L, 1L), (finding.Verdict, finding.RecordCount, finding.LeftCount));
        Assert.Contains("purge is switched off in the cluster", finding.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(finding.Items);
        Assert.NotNull(outcome.Fault);
        Assert.Empty(explorer.Purges);
    }

    [Fact]
    public async Task HeldTable_AndRowsPastTheTimeOfTheRequest_AreKept()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        DateTimeOffset now = explorer.Clock.GetUtcNow();
        explorer.Add("dev1", now.AddDays(-1));
        explorer.Add("dev1", now.AddDays(-5));
        explorer.Add("dev2", now.AddDays(-5));
        explorer.Erasure = new ErasureOptions { Scope = new RecordScope { EndTime = now.AddDays(-2) } };
        explorer.Held = new[] { "dev2" }.ToLookup(_ => explorer.TableName);

        IReadOnlyList<ErasureOutcome> outcomes = await explorer.EraseAsync("dev1", "dev2");

        Assert.Contains("cannot be told from", outcomes[0].Fault!.Message, StringComparison.Ordinal);
        Assert.Null(outcomes[1].Fault);
        Assert.Empty(explorer.Purges);
    }

    [Fact]
    public async Task ThousandsOfDevices_AreChunkedUnderTheLimitOfAPredicate()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        string[] ids = [.. HostileQueryTests.HostileIds.Where(id => id.Length > 40).Take(700)];
        foreach (string id in ids)
            explorer.Add(id);
        explorer.Add("bystander");

        IReadOnlyList<ErasureOutcome> outcomes = await explorer.EraseAsync(ids);
        explorer.Clock.Advance(TimeSpan.FromHours(7));

        Assert.All(outcomes, outcome => Assert.Null(outcome.Fault));
        Assert.InRange(explorer.Tickets.Count, 2, 20);
        Assert.Equal(["bystander"], explorer.Seen());
    }

    [Fact]
    public async Task Viewer_IsToldWhichRoleAPurgeTakes()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("dev1");
        explorer.Cluster.Options = explorer.Cluster.Options with { Role = ExplorerRole.Viewer };

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => explorer.EraseAsync("dev1"));

        Assert.Contains("Database Admin", refused.Fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(explorer.Announced);
    }

    [Theory]
    [InlineData("Completed", 1, "Pending")]
    [InlineData("Completed", 29, "Pending")]
    [InlineData("Completed", 31, "Done")]
    [InlineData("Failed", 1, "Failed")]
    [InlineData("Canceled", 1, "Failed")]
    [InlineData("Cancelled", 1, "Failed")]
    public async Task Ticket_IsDoneWhenTheStorageIsCleanedToo(string state, int days, string expected)
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Cluster.Options = explorer.Cluster.Options with { PurgeState = state };
        explorer.Add("dev1");
        await explorer.EraseAsync("dev1");

        explorer.Clock.Advance(TimeSpan.FromDays(days));
        TicketAnswer answer = Assert.Single(await explorer.AskAsync());

        Assert.Equal((expected, expected == nameof(TicketState.Failed)), (answer.State.ToString(), answer.Fault is not null));
    }

    [Fact]
    public async Task Order_ThatTheServiceRefuses_LeavesNoTicket_AndOneWhoseAnswerIsLostDoes()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("dev1");
        var second = new FaultRule
        {
            Host = explorer.Cluster.IngestHost,
            Skip = 1,
            Status = 400,
        };
        explorer.Server.Faults.Add(second);
        ErasureOutcome refused = Assert.Single(await explorer.EraseAsync("dev1"));
        int left = explorer.Tickets.Count;

        explorer.Server.Faults.Add(second with { Status = null, TruncateAfterBytes = 1 });
        ErasureOutcome lost = Assert.Single(await explorer.EraseAsync("dev1"));
        ErasureTicket unconfirmed = Assert.Single(explorer.Tickets);
        TicketAnswer answer = Assert.Single(await explorer.AskAsync());

        Assert.Equal(("ServiceFailed", "ServiceFailed", 0), (refused.Fault?.Id, lost.Fault?.Id, left));
        Assert.True(unconfirmed.IsUnconfirmed);
        Assert.Equal((answer.Operation, unconfirmed.Operation), (answer.Confirmed!.Operation, answer.Confirmed.Confirms));
        Assert.Equal(explorer.Cluster.Purges.All[0].Id, answer.Operation);
        Assert.Equal(TicketState.Pending, answer.State);
    }

    [Fact]
    public async Task Ticket_IsNotDoneWhileThePurgeWaits_AndByAReadingWhereTheServiceDoesNotShowIt()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Cluster.Options = explorer.Cluster.Options with { PurgeDuration = TimeSpan.FromDays(40) };
        explorer.Add("dev1");
        await explorer.EraseAsync("dev1");

        explorer.Clock.Advance(TimeSpan.FromDays(31));
        TicketAnswer waiting = Assert.Single(await explorer.AskAsync());
        explorer.Clock.Advance(TimeSpan.FromDays(10));
        TicketAnswer completed = Assert.Single(await explorer.AskAsync());
        explorer.Tickets[0] = explorer.Tickets[0] with { Operation = Guid.NewGuid().ToString() };
        TicketAnswer unshown = Assert.Single(await explorer.AskAsync());
        explorer.Add("dev1");
        TicketAnswer found = Assert.Single(await explorer.AskAsync());

        Assert.Equal(
            [TicketState.Pending, TicketState.Done, TicketState.Done, TicketState.Failed],
            new[] { waiting, completed, unshown, found }.Select(static one => one.State)
        );
    }

    [Fact]
    public async Task Predicate_NamesGenerationsAndHub_WhereAllRowsTellThem_ForThePurgeComesLater()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        explorer.Add("dev1");
        explorer.Add("dev2", generation: "");
        await explorer.EraseAsync("dev1", "dev2");
        explorer.Replace(
            [("Id", KustoType.String), ("Hub", KustoType.String)],
            """
            [{"column":"Id","Properties":{"Path":"$.iothub-connection-device-id"}},{"column":"Hub","Properties":{"Path":"$.iothub-name"}}]
            """
        );
        explorer.Table.Add(new JsonObject { ["Id"] = "dev3", ["Hub"] = "contoso-hub" });
        await explorer.EraseAsync("dev3");

        string[] purges = [.. explorer.Purges.Select(static text => text[text.IndexOf("<|", StringComparison.Ordinal)..]).Distinct()];
        Assert.Equal(3, purges.Length);
        Assert.Contains(purges, static text =>
            text.Contains("dev1", StringComparison.Ordinal) && text.Contains("in (\"6379\")", StringComparison.Ordinal)
        );
        Assert.Contains(purges, static text =>
            text.Contains("dev2", StringComparison.Ordinal) && !text.Contains("Generation", StringComparison.Ordinal)
        );
        Assert.Contains(purges, static text =>
            text.Contains("dev3", StringComparison.Ordinal) && text.Contains("=~ \"contoso-hub\"", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task RowsWithoutAHub_AreNotTakenForAsManyOthersThatNameIt()
    {
        await using ExplorerSandbox explorer = await ExplorerSandbox.StartAsync();
        DateTimeOffset now = explorer.Clock.GetUtcNow();
        explorer.Replace(
            [("Id", KustoType.String), ("Hub", KustoType.String), ("At", KustoType.DateTime)],
            """
            [{"column":"Id","Properties":{"Path":"$.iothub-connection-device-id"}},{"column":"Hub","Properties":{"Path":"$.iothub-name"}},
             {"column":"At","Properties":{"Path":"$.iothub-enqueuedtime"}}]
            """
        );
        foreach ((string hub, int days) in ((string, int)[])[("", 5), ("", 4), ("contoso-hub", 1), ("contoso-hub", 1)])
        {
            string at = now.AddDays(-days).UtcDateTime.ToString("o");
            explorer.Table.Add(
                new JsonObject
                {
                    ["Id"] = "dev1",
                    ["Hub"] = hub,
                    ["At"] = at,
                }
            );
        }

        explorer.Erasure = new ErasureOptions { Scope = new RecordScope { EndTime = now.AddDays(-2) } };

        ErasureOutcome outcome = Assert.Single(await explorer.EraseAsync("dev1"));

        Assert.NotNull(outcome.Fault);
        Assert.Empty(explorer.Purges);
    }
}
