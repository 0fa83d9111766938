using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>The workspace of the seeded world, of which is known what it holds of whom.</summary>
public sealed class SeededWorkspaceTests
{
    private static readonly string[] s_devices = ["dev1", "Dev1", "dev10", "it's", "100%", "th-001", "th-002", "th-003", "nobody-here"];

    [Fact]
    public async Task Findings_AreWhatWasSeeded()
    {
        await using LogSandbox logs = await LogSandbox.StartSeededAsync();

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync(s_devices);

        Assert.Empty(logs.Reported);
        foreach (DeviceDataFinding finding in found)
            Assert.Equal((finding.DeviceId, Count(logs, finding.DeviceId, mentions: false)), (finding.DeviceId, finding.RecordCount));
    }

    [Fact]
    public async Task Findings_WithMentions_AreWhatWasSeeded()
    {
        await using LogSandbox logs = await LogSandbox.StartSeededAsync();
        logs.Erasure = new ErasureOptions { Scope = new RecordScope { IncludeMentioned = true } };

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync(s_devices);

        foreach (DeviceDataFinding finding in found)
            Assert.Equal((finding.DeviceId, Count(logs, finding.DeviceId, mentions: true)), (finding.DeviceId, finding.RecordCount));
    }

    [Fact]
    public async Task SmallAnswers_AreHalved_AndGiveTheSame()
    {
        await using LogSandbox logs = await LogSandbox.StartSeededAsync();
        IReadOnlyList<DeviceDataFinding> whole = await logs.FindAsync(s_devices);
        logs.Workspace.Options = logs.Workspace.Options with { MostRows = 40 };
        int queries = logs.Queries.Count;

        IReadOnlyList<DeviceDataFinding> halved = await logs.FindAsync(s_devices);

        Assert.Empty(logs.Reported);
        Assert.True(logs.Queries.Count > 2 * queries, $"{logs.Queries.Count} {queries}");
        Assert.Equal(
            whole.Select(one => (one.DeviceId, one.Verdict, one.RecordCount, one.FirstTime, one.LastTime, one.Items.Count)),
            halved.Select(one => (one.DeviceId, one.Verdict, one.RecordCount, one.FirstTime, one.LastTime, one.Items.Count))
        );
    }

    [Fact]
    public async Task Export_HasEachRowOnce_AndAccountsForIt()
    {
        await using LogSandbox logs = await LogSandbox.StartSeededAsync();

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await logs.ExportAsync(s_devices);

        string[] devices = [.. target.Records(LogLines.FileName).Select(line => line.GetProperty("deviceId").GetString()!)];
        foreach (ExportCompleteness account in accounts)
        {
            long rows = Count(logs, account.DeviceId, mentions: false);
            Assert.Equal((account.DeviceId, rows), (account.DeviceId, account.Included));
            Assert.Equal(rows, devices.Count(device => device == account.DeviceId));
        }
    }

    [Fact]
    public async Task Erasure_LeavesExactlyTheOthersRows()
    {
        await using LogSandbox logs = await LogSandbox.StartSeededAsync();
        var before = (await logs.FindAsync(s_devices)).ToDictionary(one => one.DeviceId);

        ErasureOutcome outcome = Assert.Single(await logs.EraseAsync("dev1"));
        Assert.Null(outcome.Fault);
        logs.Clock.Advance(TimeSpan.FromDays(1));
        var after = (await logs.FindAsync(s_devices)).ToDictionary(one => one.DeviceId);

        Assert.NotEmpty(logs.Tickets);
        // Rows of traces that name no device are left, and nothing leads to them any more.
        long traced = logs.Server.World.Truth.Tables.Sum(table =>
            table.Devices.TryGetValue("dev1", out DeviceRows? rows) ? rows.Traced : 0
        );
        Assert.Equal(before["dev1"].LeftCount - traced, after["dev1"].RecordCount);
        Assert.Empty(after["dev1"].Items);
        Assert.All(s_devices.Except(["dev1"]), device => Assert.Equal(before[device].RecordCount, after[device].RecordCount));
        Assert.Equal(
            before["dev1"].RecordCount - before["dev1"].LeftCount,
            logs.Announced.SelectMany(one => one.Items).GroupBy(item => item.Path).Sum(path => path.Last().Records)
        );
    }

    /// <summary>
    /// Registration IDs have no case. Copies that a search job made count as well. Tables of other plans are not read here: their rows are not
    /// known to be the hub's.
    /// </summary>
    private static long Count(LogSandbox logs, string deviceId, bool mentions) =>
        logs
            .Server.World.Truth.Tables.Where(table => table.Plan == "Analytics")
            .Sum(table =>
                (table.Devices.TryGetValue(deviceId, out DeviceRows? rows) ? rows.Named + rows.Traced + (mentions ? rows.Mentioned : 0) : 0)
                + (
                    mentions
                        ? table
                            .Registrations.Where(one => one.Key.Equals(deviceId, StringComparison.OrdinalIgnoreCase))
                            .Sum(one => one.Value)
                        : 0
                )
            );
}
