using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>Orders: what is ordered already waits, all else does not.</summary>
public sealed class LogOrderTests
{
    private const int Subjects = 1_000;

    [Fact]
    public async Task Order_ThatCannotBeAskedFor_DoesNotKeepTheStatesOfTheOthers()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        await logs.EraseAsync("dev1");
        logs.Add(LogSandbox.Naming("dev2"));
        await logs.EraseAsync("dev2");
        logs.Clock.Advance(TimeSpan.FromDays(1));
        logs.Server.Faults.Add(
            new FaultRule
            {
                Service = "arm",
                PathContains = logs.Tickets[0].Operation.Split('?')[0],
                Status = 404,
                Times = 100,
            }
        );

        IReadOnlyList<TicketAnswer> answers = await logs.AskAsync();

        Assert.Equal(
            [(logs.Tickets[0].Operation, TicketState.Pending), (logs.Tickets[1].Operation, TicketState.Done)],
            answers.Select(answer => (answer.Operation, answer.State))
        );
    }

    [Fact]
    public async Task Value_ThatIsOrdered_IsNotOrderedAgain_AndAnotherOneIs()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        await logs.EraseAsync("dev1");
        logs.Earlier = [.. logs.Tickets];
        logs.Add(LogSandbox.Naming("dev1", "5"));
        logs.Add(LogSandbox.Naming("dev1"));

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync("dev1"));
        logs.Earlier = [.. logs.Tickets];
        await logs.EraseAsync("dev1");

        Assert.Equal([LogSandbox.Naming("dev1"), LogSandbox.Naming("dev1", "5")], logs.Values);
        Assert.Equal(2, logs.Bodies.Count);
        Assert.Null(outcome.Fault);

        // The last announcement of an item has what all orders are for.
        Assert.Equal(3, logs.Announced[^1].Items.Sum(item => item.Records));
    }

    [Fact]
    public async Task Order_OfAnEarlierVersion_IsForAllOfItsDevices_AndForNoOthers()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        logs.Earlier = [new ErasureTicket("purge-1", logs.Clock.GetUtcNow(), null, ["dev1"])];

        await logs.EraseAsync("dev1");
        int sent = logs.Bodies.Count;
        logs.Add(LogSandbox.Naming("dev2"));
        await logs.EraseAsync("dev1", "dev2");

        Assert.Equal(0, sent);
        Assert.Equal([LogSandbox.Naming("dev2")], logs.Values);
    }

    [Fact]
    public async Task Order_IsDone_AlthoughRowsOfAnotherOrderAreThere()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Workspace.Options = logs.Workspace.Options with { MostPurgesPerHour = 1 };
        logs.Add(LogSandbox.Naming("dev1"));
        DateTimeOffset made = logs.Clock.GetUtcNow().AddHours(-5);
        logs.Workspace.Add(
            LogSchemas.SecurityEvents,
            new JsonObject { ["AssociatedResourceId"] = logs.HubId, ["DeviceId"] = "dev1" },
            made,
            made
        );

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync("dev1"));
        logs.Clock.Advance(TimeSpan.FromDays(1));
        TicketAnswer answer = Assert.Single(await logs.AskAsync());

        Assert.Equal(Verdict.ErasurePending, outcome.Verdict);
        Assert.Equal(TicketState.Done, answer.State);
        Assert.Equal(["dev1"], logs.Seen("DeviceId", LogSchemas.SecurityEvents));
    }

    [Fact]
    public async Task ThousandDevices_WithTheLimitUsedUp_WaitWithATime_AndAreOrderedInThreePurgesAfterwards()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        string[] devices = [.. Enumerable.Range(0, 1000).Select(number => $"th-{number:D4}")];
        foreach (string device in devices)
            logs.Add(LogSandbox.Naming(device));
        DateTimeOffset now = logs.Clock.GetUtcNow();
        logs.Earlier =
        [
            .. Enumerable
                .Range(0, PurgeErasure.MostOrders)
                .Select(minute => new ErasureTicket($"purge-{minute}", now.AddMinutes(-minute), null, ["else"])
                {
                    Cover = TicketCover.Of([]),
                }),
        ];
        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync(devices);

        IReadOnlyList<ErasureOutcome> waiting = await logs.EraseAsync(found);
        int sent = logs.Bodies.Count;
        logs.Clock.Advance(TimeSpan.FromMinutes(12));
        await logs.EraseAsync(found);

        Assert.Equal(0, sent);
        Assert.All(waiting, one => Assert.Equal((Verdict.ErasurePending, now.AddMinutes(11), null), (one.Verdict, one.Until, one.Fault)));
        Assert.InRange(logs.Bodies.Count, 1, 3);
        Assert.Equal(1000, logs.Tickets.SelectMany(ticket => ticket.DeviceIds).Distinct().Count());
    }

    [Fact]
    public void Candidates_AreGivenBackByValue_HoweverManyThereAre_AndNoneIsKeptInMemory()
    {
        const int values = 50_000;
        using var candidates = new PurgeCandidates(Subjects);

        List<WeakReference> kept = Fill(candidates, values);
        GC.Collect();

        Assert.DoesNotContain(kept, static value => value.IsAlive);
        long count = 0;
        string last = "";
        foreach (PurgeValue value in candidates.All())
        {
            Assert.True(string.CompareOrdinal(last, value.Value) < 0);
            last = value.Value;
            Assert.Equal(count % 1_000 == 0 ? 2 : 1, value.Count);
            Assert.Equal(count % 2 == 0 ? "hub" : "", Assert.Single(value.Resources));
            Assert.Equal((int)(count++ % Subjects), Assert.Single(value.Records).Subject);
        }

        Assert.Equal(values, count);
        Assert.Equal(values + (values / 1_000), candidates.Shares.Values.Sum());
    }

    /// <summary>Adds values, every thousandth twice.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> Fill(PurgeCandidates candidates, int values)
    {
        string rest = new('x', 400);
        List<WeakReference> added = [];
        for (int number = 0; number < values; number++)
        {
            string value = $"{number:D6}\0{rest}";
            var key = new LogPurgeKey("properties_s", value, "_ResourceId", number % 2 == 0 ? "hub" : "");
            FoundRow[] rows = [new FoundRow(number % Subjects, "AzureDiagnostics/2026-10-31", DateTimeOffset.UnixEpoch)];
            candidates.Add("AzureDiagnostics", key, number % 10, rows);
            if (number % 1_000 == 0)
            {
                candidates.Add("AzureDiagnostics", key, number % 10, rows);
                added.Add(new WeakReference(value));
            }
        }

        return added;
    }

    [Theory]
    [InlineData("2026-03-29T00:30:00+01:00", "2026-03-29T04:30:00+02:00", 3)]
    [InlineData("2026-10-25T00:30:00+02:00", "2026-10-25T04:30:00+01:00", 7)]
    [InlineData("2027-01-31T23:59:59.9999999Z", "2027-02-01T00:00:00Z", 2)]
    [InlineData("2028-02-28T12:00:00Z", "2028-03-01T12:00:00Z", 48)]
    [InlineData("2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z", 5)]
    public void Slices_HaveNoGapsAndNoOverlaps_AlsoWhereClocksAndMonthsChange(string start, string end, int parts)
    {
        var whole = new LogSlice(DateTimeOffset.Parse(start, null), DateTimeOffset.Parse(end, null));

        LogSlice[] slices = [.. whole.Split(parts)];

        Assert.InRange(slices.Length, 1, parts);
        Assert.Equal((whole.Start, whole.End), (slices[0].Start, slices[^1].End));
        Assert.All(slices.Zip(slices.Skip(1)), pair => Assert.Equal(pair.First.End.AddTicks(1), pair.Second.Start));
        Assert.StartsWith($"TimeGenerated >= {Kql.Time(whole.Start)} and ", slices[0].Condition, StringComparison.Ordinal);
        Assert.Contains(whole.Start.UtcDateTime.ToString("yyyy-MM-ddTHH:mm"), slices[0].Condition, StringComparison.Ordinal);
        Assert.StartsWith($"T/{whole.Start.UtcDateTime:yyyy-MM-dd}", LogFindings.PathOf("T", whole.Start), StringComparison.Ordinal);
    }
}
