using System.Globalization;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub.Jobs;

/// <summary>
/// The history of the hub's jobs, and its operations. A job leaves it, and with it what it did to devices, thirty days after its last
/// change; nothing deletes one. There is no timer: each operation does first what is due. Callers hold the registry's gate.
/// </summary>
internal sealed class HubJobs(HubRegistry registry, ScheduledJobs scheduled, TransferJobs transfers, TimeProvider time)
{
    /// <summary>How long a job is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const int DefaultPage = 100;
    private const int PageLimit = 1000;

    /// <summary>Every job, the oldest first.</summary>
    public List<JsonObject> All { get; } = [];

    public HubOperation Find(string method, string[] segments) =>
        (method, segments) switch
        {
            ("GET", ["jobs"]) => Read(_ => HubReply.Ok(new JsonArray([.. All.Where(TransferJobs.IsOne).Select(Copy)]))),
            ("POST", ["jobs", "create"]) => Write(request => HubReply.Ok(Copy(Transfer(request.Document)))),
            ("GET", ["jobs", "v2", "query"]) => Read(Query),
            ("GET", ["jobs", "v2", var id]) => Read(_ => HubReply.Ok(Copy(Job(id)))),
            ("PUT", ["jobs", "v2", var id]) => Write(request => Schedule(id, request.Document)),
            ("POST", ["jobs", "v2", var id, "cancel"]) => Write(_ => HubReply.Ok(Copy(Cancel(Job(id))))),
            ("GET", ["jobs", var id]) => Read(_ => HubReply.Ok(Copy(Transfer(id)))),
            ("DELETE", ["jobs", var id]) => Write(_ =>
            {
                Cancel(Transfer(id));
                return new HubReply(StatusCodes.Status204NoContent);
            }),
            _ => throw HubRefusal.NotSimulated($"the operation {method} /{string.Join('/', segments)}"),
        };

    /// <summary>Exports or imports devices.</summary>
    public JsonObject Transfer(JsonObject model) => Add(transfers.Create(model, All));

    /// <summary>Starts what is due, and forgets what is old.</summary>
    public void Advance()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (JsonObject job in All.Where(ScheduledJobs.IsWaiting).Where(job => Time(job, "startTime") <= now).ToList())
            scheduled.Run(job, now);
        DateTimeOffset oldest = now - Kept;
        All.RemoveAll(job => !ScheduledJobs.IsWaiting(job) && LastChange(job) < oldest);
        foreach (JsonObject record in registry.Jobs.Where(record => Time(record, "lastUpdatedDateTimeUtc") < oldest).ToList())
            registry.Jobs.Remove(record);
    }

    /// <summary>A time of a job; null where there is none.</summary>
    public static DateTimeOffset? Time(JsonObject job, string name) =>
        DateTimeOffset.TryParse(job[name]?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? at
            : null;

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private static DateTimeOffset? LastChange(JsonObject job) => ((DateTimeOffset?[])[.. TimeNames.Select(name => Time(job, name))]).Max();

    private static readonly string[] TimeNames = ["endTime", "startTime", "createdTime", "endTimeUtc", "startTimeUtc"];

    private static JsonObject Copy(JsonObject job) => (JsonObject)job.DeepClone();

    private HubOperation Read(Func<HubRequest, HubReply> run) => Of(HubRight.RegistryRead, run);

    private HubOperation Write(Func<HubRequest, HubReply> run) => Of(HubRight.RegistryWrite, run);

    private HubOperation Of(HubRight right, Func<HubRequest, HubReply> run) => new(right, ThrottledOperation.Jobs, request =>
        {
            Advance();
            return run(request);
        });

    private JsonObject Add(JsonObject job)
    {
        All.Add(job);
        return job;
    }

    private HubReply Schedule(string id, JsonObject model)
    {
        if (All.Exists(job => job["jobId"]?.ToString() == id))
            throw new HubRefusal(HubError.JobAlreadyExists, $"A job with ID '{id}' already exists.");
        JsonObject job = Add(ScheduledJobs.Create(id, model, time.GetUtcNow()));
        Advance();
        return HubReply.Ok(Copy(job));
    }

    private HubReply Query(HubRequest request)
    {
        string? type = request.Target.Query.GetValueOrDefault("jobType");
        string? status = request.Target.Query.GetValueOrDefault("jobStatus");
        List<JsonObject> found = All.FindAll(job =>
            (type is null || Is(job, "type", type)) && (status is null || Is(job, "status", status))
        );
        int size = HubPages.Number(request.Headers["x-ms-max-item-count"], "x-ms-max-item-count", DefaultPage, PageLimit);
        return HubPages.Of(found, request, size, $"jobs {type} {status}", "JobResponse");
    }

    private static bool Is(JsonObject job, string name, string value) =>
        value.Equals(job[name]?.ToString(), StringComparison.OrdinalIgnoreCase);

    private JsonObject Job(string id) =>
        All.Find(job => job["jobId"]?.ToString() == id) ?? throw new HubRefusal(HubError.JobNotFound, $"Job {id} not found.");

    private JsonObject Transfer(string id) =>
        Job(id) is var job && TransferJobs.IsOne(job) ? job : throw new HubRefusal(HubError.JobNotFound, $"Job {id} not found.");

    /// <summary>What has ended stays as it ended.</summary>
    private JsonObject Cancel(JsonObject job)
    {
        if (ScheduledJobs.IsWaiting(job))
        {
            job["status"] = "cancelled";
            job["endTime"] = Text(time.GetUtcNow());
        }

        return job;
    }
}
