using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub.Query;

namespace IotHubDsr.Sandbox.Hub.Jobs;

/// <summary>
/// Jobs that change twins or call methods of the devices that a condition selects, and the record that each leaves of each device.
/// </summary>
internal sealed class ScheduledJobs(HubRegistry registry, HubEvents events)
{
    private const string UpdateTwin = "scheduleUpdateTwin";
    private const string CallMethod = "scheduleDeviceMethod";
    private const string Scheduled = "scheduled";
    private const string Completed = "completed";
    private const string Failed = "failed";
    private const string EveryDevice = "*";

    public static bool IsWaiting(JsonObject job) => job["status"]?.ToString() is Scheduled;

    /// <summary>A job as a client describes it.</summary>
    public static JsonObject Create(string id, JsonObject model, DateTimeOffset now)
    {
        string? type = model["type"]?.ToString();
        string content = type switch
        {
            UpdateTwin => "updateTwin",
            CallMethod => "cloudToDeviceMethod",
            _ => throw new HubRefusal(HubError.ArgumentInvalid, $"'{type}' is not a type of scheduled job."),
        };
        if (model[content] is not JsonObject what)
            throw new HubRefusal(HubError.ArgumentNull, $"A job of the type {type} needs {content}.");
        string condition = model["queryCondition"]?.ToString()
            ?? throw new HubRefusal(HubError.ArgumentNull, "A job needs a queryCondition.");
        _ = QueryOf(condition);
        return new JsonObject
        {
            ["jobId"] = id,
            ["queryCondition"] = condition,
            ["createdTime"] = HubJobs.Text(now),
            ["startTime"] = HubJobs.Text(HubJobs.Time(model, "startTime") is { } start && start > now ? start : now),
            ["maxExecutionTimeInSeconds"] = model["maxExecutionTimeInSeconds"]?.DeepClone() ?? 3600,
            ["type"] = type,
            [content] = what.DeepClone(),
            ["status"] = Scheduled,
        };
    }

    public void Run(JsonObject job, DateTimeOffset now)
    {
        TwinQuery query = QueryOf(job["queryCondition"]!.ToString());
        string[] devices =
        [
            .. query.Rows(registry.Devices.Select(device => device.ToTwinJson())).Select(twin => twin["deviceId"]!.ToString()),
        ];
        int failed = devices.Count(device => !Run(job, registry.Device(device), now));
        job["status"] = Completed;
        job["endTime"] = HubJobs.Text(now);
        job["deviceJobStatistics"] = new JsonObject
        {
            ["deviceCount"] = devices.Length,
            ["failedCount"] = failed,
            ["succeededCount"] = devices.Length - failed,
            ["runningCount"] = 0,
            ["pendingCount"] = 0,
        };
    }

    private static TwinQuery QueryOf(string condition) =>
        QueryParser.Parse(condition == EveryDevice ? "SELECT * FROM devices" : $"SELECT * FROM devices WHERE {condition}");

    private bool Run(JsonObject job, HubIdentity device, DateTimeOffset now)
    {
        bool isUpdate = job["type"]!.ToString() == UpdateTwin;
        bool isDone = isUpdate || device.Connected;
        var record = new JsonObject
        {
            ["deviceId"] = device.DeviceId,
            ["jobId"] = job["jobId"]!.DeepClone(),
            ["jobType"] = job["type"]!.DeepClone(),
            ["status"] = isDone ? Completed : Failed,
            ["startTimeUtc"] = HubJobs.Text(now),
            ["endTimeUtc"] = HubJobs.Text(now),
            ["createdDateTimeUtc"] = job["createdTime"]!.DeepClone(),
            ["lastUpdatedDateTimeUtc"] = HubJobs.Text(now),
        };
        if (isUpdate)
        {
            device.Twin.Patch((JsonObject)job["updateTwin"]!, now);
            events.TwinChanged(device, "updateTwin");
        }
        else if (isDone)
        {
            record["outcome"] = new JsonObject
            {
                ["deviceMethodResponse"] = new JsonObject
                {
                    ["status"] = StatusCodes.Status200OK,
                    ["payload"] = new JsonObject { ["deviceId"] = device.DeviceId },
                },
            };
        }
        else
        {
            record["error"] = new JsonObject { ["code"] = "DeviceNotOnline", ["description"] = $"{device.DeviceId} is not connected." };
        }

        registry.Jobs.Add(record);
        return isDone;
    }
}
