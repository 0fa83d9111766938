using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>Purges take the device's rows, and no others.</summary>
public sealed class LogErasureTests
{
    [Theory]
    [InlineData("dev1")]
    [InlineData("(x)")]
    public async Task Queries_NameDevicesOnlyInLiterals_ThatTheServiceKeepsOutOfItsLogs(string deviceId)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming(deviceId));

        await logs.EraseAsync(deviceId);

        Assert.Single(logs.Bodies);
        Assert.Contains(logs.Queries, static query => query.Contains("h'", StringComparison.Ordinal));
        Assert.All(logs.Queries, query =>
        {
            string[] parts = query.Split("h'");
            string told =
                parts[0] + string.Concat(parts.Skip(1).Select(static part => part[part.IndexOf('\'', StringComparison.Ordinal)..]));
            Assert.DoesNotContain(deviceId, told, StringComparison.Ordinal);
            Assert.DoesNotContain("\"x\"", told, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Erasure_IsOnePurgeOfExactValues_WithoutATimeBound()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        logs.Add(LogSandbox.Naming("dev1"), time: logs.Clock.GetUtcNow().AddDays(-9));
        logs.Add(LogSandbox.Naming("it's"));
        logs.Add(LogSandbox.Naming("dev10"));
        logs.Add(LogSandbox.Naming("Dev1"));
        string[] others = logs.Seen().Where(text => text.Contains("dev10") || text.Contains("Dev1") || text.Contains("config")).ToArray();

        IReadOnlyList<ErasureOutcome> outcomes = await logs.EraseAsync("dev1", "it's");

        Assert.All(outcomes, outcome =>
            Assert.Equal((0L, (Fault?)null, (Verdict?)null), (outcome.RecordsErased, outcome.Fault, outcome.Verdict))
        );
        JsonObject filter = Assert.IsType<JsonObject>(Assert.Single(JsonNode.Parse(Assert.Single(logs.Bodies))!["filters"]!.AsArray()));
        Assert.Equal(("properties_s", "in"), ((string)filter["column"]!, (string)filter["operator"]!));
        Assert.Equal([LogSandbox.Naming("dev1"), LogSandbox.Naming("it's")], logs.Values);
        ErasureTicket ticket = Assert.Single(logs.Tickets);
        Assert.Equal(["dev1", "it's"], ticket.DeviceIds);
        Assert.Equal(ticket.AcceptedAt.AddDays(30), ticket.DueBy);
        Assert.Equal(3, Assert.Single(logs.Announced).Items.Sum(item => item.Records));
        Assert.Equal(6, logs.Seen().Length);

        logs.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(others, logs.Seen());
    }

    [Fact]
    public async Task Row_OfAnotherHub_WithTheSameValue_Stays_AndTheResourceIsAddedOnlyThen()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        logs.Add(LogSandbox.Naming("dev1"), logs.NeighbourId);
        logs.Add(LogSandbox.Naming("dev1", "5"));

        await logs.EraseAsync("dev1");

        Assert.Equal([1, 2], logs.Bodies.Select(body => JsonNode.Parse(body)!["filters"]!.AsArray().Count).Order());
        logs.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["""{"configurationId":"c"}""", LogSandbox.Naming("dev1")], logs.Seen());
        Assert.Contains(logs.Seen("ResourceId"), id => id.Equals(logs.NeighbourId, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Row_InATimeThatIsNotAskedFor_KeepsOthersOfItsValue()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        DateTimeOffset now = logs.Clock.GetUtcNow();
        logs.Add(LogSandbox.Naming("dev1"), time: now.AddDays(-9));
        logs.Add(LogSandbox.Naming("dev1"), time: now.AddDays(-3));
        logs.Add(LogSandbox.Naming("dev1", "5"), time: now.AddDays(-3));
        logs.Erasure = new ErasureOptions { Scope = new RecordScope { StartTime = now.AddDays(-4) } };

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync("dev1"));

        Assert.Contains("cannot be told from", outcome.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal([LogSandbox.Naming("dev1", "5")], logs.Values);
        logs.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, logs.Seen().Count(text => text == LogSandbox.Naming("dev1")));
    }

    [Fact]
    public async Task MentionsInQueriesAndFilters_ArePurgedByTheirExactTexts_WhenAskedFor()
    {
        const string Query = """{"query":"SELECT * FROM devices WHERE deviceId = 'dev1'"}""";
        const string Other = """{"query":"SELECT * FROM devices WHERE deviceId = 'dev10'"}""";
        const string Job = """{"jobId":"j","filter":"DeviceId IN ['dev1']"}""";
        await using LogSandbox logs = await LogSandbox.StartAsync();
        foreach (string text in (string[])[Query, Other, Job])
            logs.Add(text, category: "TwinQueries");
        Assert.Empty((await logs.FindOneAsync()).Items);
        logs.Erasure = new ErasureOptions { Scope = new RecordScope { IncludeMentioned = true } };

        await logs.EraseAsync("dev1");
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(["""{"configurationId":"c"}""", Other], logs.Seen());
    }

    [Fact]
    public async Task ThousandDevices_TakeNoMoreThanThreePurges()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        string[] devices = [.. Enumerable.Range(0, 1000).Select(number => $"th-{number:D4}")];
        foreach (string device in devices)
            logs.Add(LogSandbox.Naming(device));
        logs.Add(LogSandbox.Naming("th-00000"));

        await logs.EraseAsync(devices);
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.InRange(logs.Bodies.Count, 1, 3);
        Assert.Equal(["""{"configurationId":"c"}""", LogSandbox.Naming("th-00000")], logs.Seen());
    }

    [Fact]
    public async Task Limit_OfAnHour_IsWaitedFor_AndNoError()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        logs.Workspace.Options = logs.Workspace.Options with { MostPurgesPerHour = 0 };

        ErasureOutcome refused = Assert.Single(await logs.EraseAsync("dev1"));
        DateTimeOffset now = logs.Clock.GetUtcNow();
        logs.Workspace.Options = logs.Workspace.Options with { MostPurgesPerHour = 50 };
        logs.Earlier =
        [
            .. Enumerable.Range(0, 50).Select(minute => new ErasureTicket($"purge-{minute}", now.AddMinutes(-minute), null, ["dev2"])),
        ];
        int sent = logs.Bodies.Count;
        ErasureOutcome counted = Assert.Single(await logs.EraseAsync("dev1"));

        Assert.Equal((Verdict.ErasurePending, (Fault?)null), (refused.Verdict, refused.Fault));
        Assert.InRange(refused.Until!.Value - now, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal((Verdict.ErasurePending, now.AddMinutes(11)), (counted.Verdict, counted.Until));
        Assert.Equal(["AzureDiagnostics/" + now.AddHours(-30).ToString("yyyy-MM-dd")], counted.Left);
        Assert.Equal(sent, logs.Bodies.Count);
        Assert.Empty(logs.Tickets);
        Assert.Empty(logs.Reported);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RowOfAHeldDeviceThatIsNotErasedFrom_Stays(bool isItem)
    {
        const string Both = """{"query":"SELECT * FROM devices WHERE deviceId IN ['dev1', 'dev2']"}""";
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(Both, category: "TwinQueries");
        logs.Add(LogSandbox.Naming("dev1"));
        logs.Erasure = new ErasureOptions { Scope = new RecordScope { IncludeMentioned = true } };
        DeviceDataFinding found = await logs.FindOneAsync("dev1");
        if (isItem)
            logs.Held = found.Items.ToLookup(static item => item.Path, static _ => "dev2");
        else
            logs.HeldDevices = ["dev2"];

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync([found]));
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Null(outcome.Fault);
        Assert.Equal([LogSandbox.Naming("dev1")], logs.Values);
        Assert.Equal(["dev1"], Assert.Single(logs.Tickets).DeviceIds);
        Assert.Equal(["""{"configurationId":"c"}""", Both], logs.Seen());
    }

    [Fact]
    public async Task HeldItem_KeepsItsRows()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        DateTimeOffset now = logs.Clock.GetUtcNow();
        logs.Add(LogSandbox.Naming("dev1"), time: now.AddDays(-9));
        logs.Add(LogSandbox.Naming("dev1", "5"), time: now.AddDays(-3));
        string held = LogFindings.PathOf("AzureDiagnostics", now.AddDays(-9));
        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1");
        logs.Held = new[] { (held, "dev1") }.ToLookup(one => one.held, one => one.Item2);

        await logs.EraseAsync(found);
        logs.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Contains(LogSandbox.Naming("dev1"), logs.Seen());
        Assert.DoesNotContain(LogSandbox.Naming("dev1", "5"), logs.Seen());
    }

    [Theory]
    [InlineData("completed", 3, 1, "Pending")]
    [InlineData("completed", 3, 31, "Failed")]
    [InlineData("completed", 0, 1, "Done")]
    [InlineData("pending", 0, 31, "Pending")]
    public async Task Ticket_IsDoneOnlyWhenARequeryFindsNothing(string status, int left, int days, string expected)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Workspace.Options = logs.Workspace.Options with
        {
            PurgePending = status == "pending" ? TimeSpan.FromDays(40) : TimeSpan.FromHours(2),
            PurgeLasting = left > 0 ? TimeSpan.FromDays(40) : TimeSpan.FromHours(1),
        };
        logs.Workspace.Table(LogSandbox.Table)!.RetentionInDays = 365;
        for (int row = 0; row < 3; row++)
            logs.Add(LogSandbox.Naming("dev1"));
        await logs.EraseAsync("dev1");
        if (status == "pending")
            logs.Workspace.Table(LogSandbox.Table)!.Clear();

        logs.Clock.Advance(TimeSpan.FromDays(days));
        logs.Add("""{"configurationId":"c"}""");
        logs.Add(LogSandbox.Naming("dev1"), time: logs.Clock.GetUtcNow().AddHours(-1));
        TicketAnswer answer = Assert.Single(await logs.AskAsync());

        Assert.Equal((expected, expected == nameof(TicketState.Failed)), (answer.State.ToString(), answer.Fault is not null));
        Assert.StartsWith("purge-", answer.Operation);
        Assert.EndsWith("?api-version=2015-03-20", answer.Operation);
    }

    [Fact]
    public async Task Ticket_StaysPending_WhereTheWorkspaceCannotBeReadAgain()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        await logs.EraseAsync("dev1");
        logs.Clock.Advance(TimeSpan.FromDays(1));
        logs.Server.Faults.Add(
            new FaultRule
            {
                Service = "logs",
                Skip = 1,
                Times = 1,
                Partial = true,
            }
        );

        Assert.Equal(TicketState.Pending, Assert.Single(await logs.AskAsync()).State);
    }

    [Fact]
    public async Task Row_ThatCannotBeReadAgain_KeepsAll()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1");
        logs.Server.Faults.Add(
            new FaultRule
            {
                Service = "logs",
                Skip = 2,
                Times = 1,
                Partial = true,
            }
        );

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync(found));

        Assert.NotNull(outcome.Fault);
        Assert.Empty(logs.Bodies);
    }

    [Theory]
    [InlineData("Reader", false, "*/read")]
    [InlineData("Owner", true, "*")]
    [InlineData(
        "Data Purger",
        true,
        "Microsoft.OperationalInsights/workspaces/*/read",
        "Microsoft.OperationalInsights/workspaces/purge/action"
    )]
    public async Task Rights_AreLookedForBeforeAnythingIsAnnounced(string role, bool may, params string[] actions)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1");
        logs.Server.Access.Assignments = [new RoleAssignment("/", new RoleDefinition { Name = role, Actions = actions })];

        Exception? refused = await Record.ExceptionAsync(() => logs.EraseAsync(found));

        Assert.Equal(may, refused is null);
        if (refused is DsrException { Fault: var fault })
        {
            Assert.Equal("PermissionMissing", fault.Id);
            Assert.Contains("Microsoft.OperationalInsights/workspaces/purge/action", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(may ? 1 : 0, logs.Tickets.Count);
    }
}
