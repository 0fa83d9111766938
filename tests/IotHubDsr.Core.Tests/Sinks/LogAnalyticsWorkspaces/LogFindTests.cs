using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>What is found of a device in the tables of a workspace.</summary>
public sealed class LogFindTests
{
    [Fact]
    public async Task Rows_AreCountedByDevice_AndLookAlikesHaveTheirOwn()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        DateTimeOffset first = logs.Clock.GetUtcNow().AddDays(-5);
        logs.Add(LogSandbox.Naming("dev1"), time: first);
        logs.Add(LogSandbox.Naming("dev1"), time: first.AddDays(2));
        logs.Add(LogSandbox.Naming("Dev1"));
        logs.Add(LogSandbox.Naming("dev10"));
        logs.Add(LogSandbox.Naming("dev1"), logs.NeighbourId);

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1", "Dev1", "dev10", "dev");

        Assert.Equal(
            [
                ("dev1", Verdict.Present, 2, 2),
                ("Dev1", Verdict.Present, 1, 1),
                ("dev10", Verdict.Present, 1, 1),
                ("dev", Verdict.Absent, 0, 0),
            ],
            found.Select(one => (one.DeviceId, one.Verdict, (int)one.RecordCount, one.Items.Count))
        );
        Assert.Equal((first, first.AddDays(2)), (found[0].FirstTime!.Value, found[0].LastTime!.Value), new Near());
        Assert.Equal(
            [.. new[] { first, first.AddDays(2) }.Select(time => LogFindings.PathOf("AzureDiagnostics", time))],
            found[0].Items.Select(item => item.Path)
        );
        Assert.Empty(logs.Reported);
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("it's")]
    [InlineData("a+b")]
    [InlineData("42")]
    [InlineData("*")]
    [InlineData("#%")]
    [InlineData("(x),=@$._!?:")]
    public async Task Id_OfAnyCharacters_IsFound_AlsoEscaped(string deviceId)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add($$"""{"deviceId":"{{deviceId}}","protocol":"Mqtt"}""");
        string escaped = string.Concat(deviceId.Select(one => $"\\u{(int)one:x4}"));
        logs.Add($$"""{"deviceId":"{{escaped}}","protocol":"Mqtt"}""");
        logs.Add($$"""{"deviceId":"{{escaped.ToUpperInvariant().Replace("\\U", "\\u", StringComparison.Ordinal)}}","protocol":"Mqtt"}""");
        logs.Add(LogSandbox.Naming("another"));

        DeviceDataFinding found = await logs.FindOneAsync(deviceId);

        Assert.Equal((Verdict.Present, 3), (found.Verdict, (int)found.RecordCount));
    }

    [Fact]
    public async Task Properties_InOddForms_AreTheDevices()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(""" "{\"deviceId\":\"dev1\",\"protocol\":\"Amqp\"}" """.Trim());
        logs.Add("""{"properties":"{\"deviceId\":\"dev1\"}"}""");
        logs.Add("""{"deviceId":"dev1","errorMessage":"{"code":404}"}""");
        logs.Add("""{"protocol":"Mqtt","deviceId":"dev1","maskedIpAddress":"203.""");

        DeviceDataFinding found = await logs.FindOneAsync();

        Assert.Equal((Verdict.Present, 4), (found.Verdict, (int)found.RecordCount));
    }

    [Fact]
    public async Task Properties_ThatNobodyCanRead_CallTheDeviceNotAbsent_AndOthersAreAbsent()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add("device dev1 {connected}");

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync("dev1", "dev10", "dev");

        Assert.Equal([Verdict.Unreachable, Verdict.Absent, Verdict.Absent], found.Select(one => one.Verdict));
        Assert.Contains("1 row that can name the device cannot be read", found[0].Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Id_InAQueryOrAFilter_IsOnlyMentioned()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add("""{"query":"SELECT * FROM devices WHERE deviceId = 'dev1'"}""", category: "TwinQueries");
        logs.Add("""{"jobId":"j","filter":"DeviceId IN ['dev1']"}""", category: "JobsOperations");
        logs.Add("""{"query":"SELECT * FROM devices WHERE deviceId = 'dev10'"}""", category: "TwinQueries");

        DeviceDataFinding plain = await logs.FindOneAsync();
        logs.Erasure = new ErasureOptions { Scope = new RecordScope { IncludeMentioned = true } };
        DeviceDataFinding asked = await logs.FindOneAsync();

        Assert.Equal((Verdict.OwnerAction, 0), (plain.Verdict, (int)plain.RecordCount));
        Assert.Contains("2 records of others name the device", plain.Detail, StringComparison.Ordinal);
        Assert.Equal((Verdict.Present, 2), (asked.Verdict, (int)asked.RecordCount));
    }

    [Fact]
    public async Task Id_InAdditionalFieldsAlone_IsFound_AndLeavesByRetention()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        DateTimeOffset made = logs.Clock.GetUtcNow().AddDays(-3);
        logs.Add(properties: null, time: made, additional: """{"properties_s":"{\"deviceId\":\"dev1\"}"}""");
        logs.Add(properties: null, time: made, additional: """{"properties_s":"{\"deviceId\":\"dev10\"}"}""");

        DeviceDataFinding found = await logs.FindOneAsync();
        logs.Server.Access.Denied = [];
        Assert.Equal((Verdict.Expiring, 1, 1), (found.Verdict, (int)found.RecordCount, (int)found.LeftCount));
        Assert.Equal(made.AddDays(30), found.Until!.Value, TimeSpan.FromSeconds(1));
        Assert.Contains("cannot be purged", found.Detail, StringComparison.Ordinal);
        Assert.Empty(found.Items);
    }

    [Theory]
    [InlineData(365, Verdict.OwnerAction)]
    [InlineData(30, Verdict.Absent)]
    public async Task Rows_ThatAreKeptLongerThanQueriesShowThem_KeepEveryDeviceFromBeingAbsent(int kept, Verdict expected)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Workspace.Table(LogSandbox.Table)!.TotalRetentionInDays = kept;
        logs.Add(LogSandbox.Naming("dev1"), time: logs.Clock.GetUtcNow().AddDays(-40));

        DeviceDataFinding found = await logs.FindOneAsync();

        Assert.Equal((expected, 0L), (found.Verdict, found.RecordCount));
        Assert.Equal(
            kept == 365,
            found.Detail?.Contains(
                "the table AzureDiagnostics keeps rows for 365 days, and no query shows those of more than 30",
                StringComparison.OrdinalIgnoreCase
            ) == true
        );
    }

    [Fact]
    public async Task Rows_ThatNoPurgeReaches_ExpireWhenTheyAreNotKeptAnyMore_AndOlderOnesAreTheOwners()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Workspace.Table(LogSandbox.Table)!.TotalRetentionInDays = 365;
        DateTimeOffset made = logs.Clock.GetUtcNow().AddDays(-3);
        logs.Add(properties: null, time: made, additional: """{"properties_s":"{\"deviceId\":\"dev1\"}"}""");

        DeviceDataFinding found = await logs.FindOneAsync();

        Assert.Equal((Verdict.OwnerAction, 1L), (found.Verdict, found.LeftCount));
        Assert.Contains($"leaves by retention at {made.AddDays(365):u}", found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(204)]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(400)]
    public async Task Query_ThatFailsOnce_CallsNobodyAbsent(int status)
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        logs.Add(LogSandbox.Naming("dev1"));
        for (int skipped = 0; skipped < 3; skipped++)
        {
            logs.Server.Faults.Clear();
            logs.Server.Faults.Add(
                new FaultRule
                {
                    Service = "logs",
                    Skip = skipped,
                    Status = status,
                    Times = status == 500 ? 60 : 1,
                }
            );
            Verdict verdict;
            try
            {
                verdict = (await logs.FindOneAsync("dev")).Verdict;
            }
            catch (DsrException)
            {
                verdict = Verdict.Unreachable;
            }

            Assert.NotEqual(Verdict.Absent, verdict);
        }
    }

    [Fact]
    public async Task Workspace_OfSeveralHubs_WithTimeWindow_CountsThatTimeAlone()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        DateTimeOffset monthEnd = new(2026, 10, 31, 23, 59, 59, TimeSpan.Zero);
        DateTimeOffset now = logs.Clock.GetUtcNow();
        logs.Add(LogSandbox.Naming("dev1"), time: now.AddDays(-9));
        logs.Add(LogSandbox.Naming("dev1"), time: now.AddDays(-3));
        logs.Erasure = new ErasureOptions { Scope = new RecordScope { StartTime = now.AddDays(-4) } };

        DeviceDataFinding found = await logs.FindOneAsync();

        Assert.Equal((Verdict.Present, 1), (found.Verdict, (int)found.RecordCount));
        Assert.Equal("AzureDiagnostics/2026-10-31", LogFindings.PathOf("AzureDiagnostics", monthEnd));
        Assert.Equal("AzureDiagnostics/2026-11-01", LogFindings.PathOf("AzureDiagnostics", monthEnd.AddSeconds(1)));
    }

    private sealed class Near : IEqualityComparer<(DateTimeOffset, DateTimeOffset)>
    {
        public bool Equals((DateTimeOffset, DateTimeOffset) x, (DateTimeOffset, DateTimeOffset) y) =>
            (x.Item1 - y.Item1).Duration() < TimeSpan.FromMilliseconds(1) && (x.Item2 - y.Item2).Duration() < TimeSpan.FromMilliseconds(1);

        public int GetHashCode((DateTimeOffset, DateTimeOffset) obj) => 0;
    }
}
