using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Hub.Jobs;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Jobs of the last month, and what they did to devices: they did it before the world began, so that twins are not changed by them. One has
/// not begun.
/// </summary>
internal sealed class JobSeed(HubJobs jobs, HubRegistry registry, DateTimeOffset baseTime)
{
    private readonly Dictionary<string, (int Records, int Named)> _truth = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, JobTruth> Fill()
    {
        var interval = new JsonObject { ["tags"] = new JsonObject(), ["properties"] = Desired("interval", 60) };
        Update("interval-all", 21, "tags.site = 'stockholm'", interval, [.. registry.Devices.Select(device => device.DeviceId)], []);
        Update(
            "pilot",
            6,
            "deviceId IN ['dev1', 'dev10', 'it''s']",
            new JsonObject { ["properties"] = Desired("firmware", "2.0") },
            ["dev1", "dev10", "it's"],
            ["dev1", "dev10", "it's"]
        );
        Call(
            "reboot-dev1",
            2,
            "deviceId = 'dev1'",
            new JsonObject
            {
                ["methodName"] = "reboot",
                ["payload"] = new JsonObject { ["requestedBy"] = "ana.lopez" },
            },
            ["dev1"],
            ["dev1"]
        );
        Update(
            "hand-over",
            4,
            "deviceId = 'Dev1'",
            new JsonObject { ["properties"] = Desired("successorOf", "dev2") },
            ["Dev1"],
            ["Dev1", "dev2"]
        );
        JsonObject waiting = Job("night-run", "scheduleUpdateTwin", 1, "deviceId = 'th-001'", "scheduled");
        waiting["updateTwin"] = interval.DeepClone();
        waiting["startTime"] = HubJobs.Text(baseTime.AddDays(2));
        waiting.Remove("endTime");
        Name("th-001");
        return _truth.ToDictionary(
            static one => one.Key,
            static one => new JobTruth(one.Value.Records, one.Value.Named),
            StringComparer.Ordinal
        );
    }

    private static JsonObject Desired(string name, JsonNode value) => new() { ["desired"] = new JsonObject { [name] = value } };

    private void Update(string id, int days, string condition, JsonObject twin, string[] devices, string[] named) =>
        Done(id, "scheduleUpdateTwin", days, condition, "updateTwin", twin, devices, named);

    private void Call(string id, int days, string condition, JsonObject method, string[] devices, string[] named) =>
        Done(id, "scheduleDeviceMethod", days, condition, "cloudToDeviceMethod", method, devices, named);

    private void Done(string id, string type, int days, string condition, string content, JsonObject what, string[] devices, string[] named)
    {
        JsonObject job = Job(id, type, days, condition, "completed");
        job[content] = what;
        job["deviceJobStatistics"] = new JsonObject
        {
            ["deviceCount"] = devices.Length,
            ["failedCount"] = 0,
            ["succeededCount"] = devices.Length,
            ["runningCount"] = 0,
            ["pendingCount"] = 0,
        };
        foreach (string device in devices)
        {
            var record = new JsonObject
            {
                ["deviceId"] = device,
                ["jobId"] = id,
                ["jobType"] = type,
                ["status"] = "completed",
                ["startTimeUtc"] = job["startTime"]!.DeepClone(),
                ["endTimeUtc"] = job["endTime"]!.DeepClone(),
                ["createdDateTimeUtc"] = job["createdTime"]!.DeepClone(),
                ["lastUpdatedDateTimeUtc"] = job["endTime"]!.DeepClone(),
            };
            if (content == "cloudToDeviceMethod")
            {
                record["outcome"] = new JsonObject
                {
                    ["deviceMethodResponse"] = new JsonObject
                    {
                        ["status"] = 200,
                        ["payload"] = new JsonObject { ["up"] = true },
                    },
                };
            }

            registry.Jobs.Add(record);
            (int records, int names) = _truth.GetValueOrDefault(device);
            _truth[device] = (records + 1, names);
        }

        foreach (string device in named)
            Name(device);
    }

    private void Name(string device)
    {
        (int records, int names) = _truth.GetValueOrDefault(device);
        _truth[device] = (records, names + 1);
    }

    private JsonObject Job(string id, string type, int days, string condition, string status)
    {
        DateTimeOffset at = baseTime.AddDays(-days);
        var job = new JsonObject
        {
            ["jobId"] = id,
            ["queryCondition"] = condition,
            ["createdTime"] = HubJobs.Text(at.AddMinutes(-10)),
            ["startTime"] = HubJobs.Text(at),
            ["endTime"] = HubJobs.Text(at.AddMinutes(5)),
            ["maxExecutionTimeInSeconds"] = 3600,
            ["type"] = type,
            ["status"] = status,
        };
        jobs.All.Add(job);
        return job;
    }
}

/// <summary>How many records of a device jobs left, and how many jobs name it.</summary>
internal sealed record JobTruth(int Records, int Named);
