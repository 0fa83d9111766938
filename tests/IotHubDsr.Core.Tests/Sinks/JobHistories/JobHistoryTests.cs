using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks.JobHistories;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub.Jobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.JobHistories;

/// <summary>The history of jobs: what they did to devices, and the jobs that name these. Nothing can be erased there.</summary>
public sealed class JobHistoryTests
{
    private const string Alice = "alice";

    [Theory]
    [InlineData(JobHistorySink.MostPages)]
    [InlineData(0)]
    public async Task Find_CountsOfEveryDevice_AreThoseOfTheWorld(long pages)
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory, isSeeded: true);
        IReadOnlyDictionary<string, JobTruth> truth = sandbox.World.Truth.Jobs;
        string[] devices = [.. sandbox.World.Truth.Devices, "nobody", "DEV1"];

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(new JobHistorySink(sandbox.Hub) { PagesByJob = pages }, devices);

        Assert.Equal(devices, found.Select(static one => one.DeviceId));
        Assert.All(found, one =>
        {
            JobTruth planted = truth.GetValueOrDefault(one.DeviceId) ?? new JobTruth(0, 0);
            Assert.Equal(planted.Records + planted.Named, one.RecordCount);
            Assert.Equal(one.RecordCount > 0 ? Verdict.Expiring : Verdict.Absent, one.Verdict);
        });
        Assert.Equal(0, found[^1].RecordCount);
        Assert.Equal(new JobTruth(3, 2), truth["dev1"]);
        Assert.Equal(sandbox.World.Truth.BaseTime.AddDays(28).AddMinutes(5), found.Single(static one => one.DeviceId == "dev1").Until);
    }

    [Fact]
    public async Task Find_AsksByJob_SoThatNoLoggedQueryNamesADevice_AndChangesNothing()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory, isSeeded: true);
        List<string> queries = [];
        sandbox.Wire.Before = async request =>
        {
            if (request.RequestUri!.AbsolutePath == "/devices/query")
                queries.Add(await request.Content!.ReadAsStringAsync());
        };

        await sandbox.FindAsync(new JobHistorySink(sandbox.Hub), "it's", "th-001");

        Assert.NotEmpty(queries);
        Assert.All(queries, query => Assert.DoesNotContain("deviceId", query, StringComparison.Ordinal));
        Assert.All(queries, query => Assert.DoesNotContain("th-001", query, StringComparison.Ordinal));
        Assert.All(sandbox.Sent(), static request => Assert.False(request.Mutating, request.Target));
    }

    [Fact]
    public async Task Find_ThirtyDaysAfterTheLastJob_IsAbsent()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory, isSeeded: true);
        var sink = new JobHistorySink(sandbox.Hub);
        DateTimeOffset until = Assert.Single(await sandbox.FindAsync(sink, "dev1")).Until!.Value;

        sandbox.World.Clock.Advance(until - sandbox.World.Clock.GetUtcNow() - TimeSpan.FromMinutes(1));
        DeviceDataFinding before = Assert.Single(await sandbox.FindAsync(sink, "dev1"));
        sandbox.World.Clock.Advance(TimeSpan.FromMinutes(2));
        DeviceDataFinding after = Assert.Single(await sandbox.FindAsync(sink, "dev1"));

        Assert.Equal((Verdict.Expiring, Verdict.Absent), (before.Verdict, after.Verdict));
    }

    [Theory]
    [InlineData("deviceId = 'alice'", "{}", true)]
    [InlineData("deviceId IN ['bob', 'alice']", "{}", true)]
    [InlineData(@"deviceId = ""alice""", "{}", true)]
    [InlineData("deviceId = 'Alice'", "{}", false)]
    [InlineData("deviceId = 'alice2'", "{}", false)]
    [InlineData("deviceId = '(alice)'", "{}", false)]
    [InlineData("STARTSWITH(deviceId, 'ali')", "{}", false)]
    [InlineData("tags.members.alice = true", "{}", true)]
    [InlineData("tags.members.alice-2 = true", "{}", false)]
    [InlineData("tags.path = 'plant7/alice'", "{}", true)]
    [InlineData("*", """{"tags":{"peer":"alice"}}""", true)]
    [InlineData("*", """{"tags":{"peers":{"alice":true}}}""", true)]
    [InlineData("*", """{"properties":{"desired":{"note":"hand over to alice, then stop"}}}""", true)]
    [InlineData("*", """{"properties":{"desired":{"config":"{\"peers\":[\"\\u0061lice\"]}"}}}""", true)]
    [InlineData("*", """{"tags":{"peer":"Alice"}}""", false)]
    [InlineData("*", """{"tags":{"peer":"alice-2"}}""", false)]
    public async Task Find_JobThatNamesTheDevice_IsOfIt_AndNoLookAlike(string condition, string twin, bool isNamed)
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory);
        Plant(sandbox, "job-1", condition, twin);

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(new JobHistorySink(sandbox.Hub), Alice));

        Assert.Equal(isNamed ? (Verdict.Expiring, 1L) : (Verdict.Absent, 0L), (found.Verdict, found.RecordCount));
    }

    [Theory]
    [InlineData("reboot-alice", true)]
    [InlineData("alice", true)]
    [InlineData("alice_2026-01-05", true)]
    [InlineData("job:alice:2", true)]
    [InlineData("reboot-Alice", false)]
    [InlineData("reboot-alice2", false)]
    [InlineData("malice", false)]
    public async Task Find_JobWhoseIdHasTheDevices_IsOfIt_AndNoLookAlike(string jobId, bool isNamed)
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory);
        Plant(sandbox, jobId, "*", "{}");

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(new JobHistorySink(sandbox.Hub), Alice));

        Assert.Equal(isNamed ? (Verdict.Expiring, 1L) : (Verdict.Absent, 0L), (found.Verdict, found.RecordCount));
    }

    [Fact]
    public async Task Find_JobThatHasNotEnded_IsKeptUntilThirtyDaysAfterItMustHave()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory, isSeeded: true);

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(new JobHistorySink(sandbox.Hub), "th-001"));

        Assert.Equal(sandbox.World.Truth.BaseTime.AddDays(32).AddHours(1), found.Until);
    }

    [Fact]
    public async Task Find_RecordOfAJobThatEndedAfterTheDevice_IsKeptAsLongAsTheJob()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory);
        DateTimeOffset done = sandbox.World.Clock.GetUtcNow().AddDays(-9);
        DateTimeOffset ended = done.AddDays(7);
        Plant(sandbox, "long", "tags.owner = 'x'", "{}");
        sandbox.InHub(world =>
        {
            JsonObject job = world.Jobs.All.Single();
            (job["createdTime"], job["startTime"], job["endTime"]) = (HubJobs.Text(done), HubJobs.Text(done), HubJobs.Text(ended));
            world.Registry.Jobs.Add(
                new JsonObject
                {
                    ["deviceId"] = Alice,
                    ["jobId"] = "long",
                    ["status"] = "completed",
                    ["lastUpdatedDateTimeUtc"] = HubJobs.Text(done),
                }
            );
            return true;
        });

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(new JobHistorySink(sandbox.Hub), Alice));

        Assert.Equal((Verdict.Expiring, 1L), (found.Verdict, found.RecordCount));
        Assert.Equal(ended.AddDays(30).ToUnixTimeSeconds(), found.Until!.Value.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Find_RecordsOfThousandsOfDevices_ReadsEveryPage()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory);
        Plant(sandbox, "fleet", "*", "{}");
        sandbox.InHub(world =>
        {
            for (int number = 0; number < 2_500; number++)
            {
                string time = HubJobs.Text(world.Clock.GetUtcNow());
                world.Registry.Jobs.Add(
                    new JsonObject
                    {
                        ["deviceId"] = $"d-{number}",
                        ["jobId"] = "fleet",
                        ["status"] = "completed",
                        ["lastUpdatedDateTimeUtc"] = time,
                    }
                );
            }

            return true;
        });

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(new JobHistorySink(sandbox.Hub), "d-0", "d-2499", "d-2500");

        Assert.Equal([1L, 1, 0], found.Select(static one => one.RecordCount));
    }

    [Theory]
    [InlineData("/jobs/v2/query", 0)]
    [InlineData("/jobs?", 0)]
    [InlineData("/devices/query", 0)]
    [InlineData("/devices/query", 1)]
    public async Task Find_ARequestFails_ThrowsAndCallsNobodyAbsent(string path, int skip)
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory, isSeeded: true);
        sandbox.Fail(
            new FaultRule
            {
                PathContains = path,
                Status = 403,
                Skip = skip,
                Times = 100,
            }
        );

        await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(new JobHistorySink(sandbox.Hub), "dev1", "nobody"));
    }

    [Fact]
    public async Task Export_HasTheDevicesRecordsAndItsOwnJobs_WithoutKeysAndOthersJobs()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory, isSeeded: true);
        Plant(
            sandbox,
            "with-secrets",
            "deviceId = 'dev1'",
            """
            {"tags":{"a":1},"properties":{"desired":{"log":"https://st.blob.core.windows.net/c?sv=1&sig=c2VjcmV0MQ%3D%3D&se=2",
            "connectionString":"HostName=h;SharedAccessKey=c2VjcmV0Mg==","text":"AccountKey=c2VjcmV0Mw==;x"}}}
            """
        );

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync(
            new JobHistorySink(sandbox.Hub),
            "dev1",
            "Dev1",
            "it's",
            "nobody"
        );

        Assert.Equal([6L, 3, 3, 0], accounts.Select(static one => one.Found!.Value));
        Assert.Equal([1L, 0, 1, 0], accounts.Select(static one => one.Withheld));
        Assert.All(accounts, static one => Assert.Equal(one.Found, one.Included + one.Withheld));
        Assert.Equal(
            ["dev1 reboot-dev1", "dev1 with-secrets", "Dev1 hand-over"],
            target.Records("jobs").Select(static one => $"{Text(one, "deviceId")} {Text(one.GetProperty("job"), "jobId")}")
        );
        Assert.Equal(
            ["dev1", "dev1", "dev1", "Dev1", "Dev1", "it's", "it's"],
            target.Records("job-records").Select(static one => Text(one, "deviceId"))
        );
        Assert.All(target.Records("job-records"), static one =>
            Assert.Equal(Text(one, "deviceId"), Text(one.GetProperty("record"), "deviceId"))
        );
        string all = string.Concat(target.Files.Keys.Select(target.Text));
        Assert.DoesNotContain("c2VjcmV0", all, StringComparison.Ordinal);
        Assert.DoesNotContain("dev10", all, StringComparison.Ordinal);
        Assert.Contains("https://st.blob.core.windows.net/c", all, StringComparison.Ordinal);
        Assert.Contains("left out", accounts[0].Ground, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WithMentioned_HasTheJobsBesideOthersToo()
    {
        await using HubPlaceSandbox sandbox = await HubPlaceSandbox.StartAsync(LocationKinds.JobHistory, isSeeded: true);
        sandbox.Erasure = new ErasureOptions { Scope = new RecordScope { IncludeMentioned = true } };

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync(
            new JobHistorySink(sandbox.Hub),
            "it's"
        );

        Assert.Equal((3L, 0L), (accounts[0].Included, accounts[0].Withheld));
        JsonElement job = Assert.Single(target.Records("jobs"));
        Assert.Equal(("Mentioned", "pilot"), (Text(job, "attribution"), Text(job.GetProperty("job"), "jobId")));
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static void Plant(HubPlaceSandbox sandbox, string id, string condition, string twin) =>
        sandbox.InHub(world =>
        {
            string now = HubJobs.Text(world.Clock.GetUtcNow());
            world.Jobs.All.Add(
                new JsonObject
                {
                    ["jobId"] = id,
                    ["type"] = "scheduleUpdateTwin",
                    ["status"] = "completed",
                    ["queryCondition"] = condition,
                    ["createdTime"] = now,
                    ["startTime"] = now,
                    ["endTime"] = now,
                    ["updateTwin"] = JsonNode.Parse(twin),
                }
            );
            return true;
        });
}
