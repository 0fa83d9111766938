using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Core;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>The history of a hub's jobs. Nothing deletes from it.</summary>
internal sealed class HubJobs(HubChannel channel)
{
    private const string Transfers = "jobs";

    /// <summary>
    /// All jobs of the history: those that were scheduled, and exports and imports, which another list has. A job that both lists have is
    /// given once.
    /// </summary>
    public async IAsyncEnumerable<HubJob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in (string[])["jobs/v2/query", Transfers])
        {
            await foreach (HubJob job in ListAsync(path, cancellationToken))
            {
                if (seen.Add(job.JobId))
                    yield return job;
            }
        }
    }

    /// <summary>The exports and imports of the history.</summary>
    public async Task<IReadOnlyList<HubJob>> ListTransfersAsync(CancellationToken cancellationToken)
    {
        List<HubJob> transfers = [];
        await foreach (HubJob job in ListAsync(Transfers, cancellationToken))
        {
            if (job.IsTransfer)
                transfers.Add(job);
        }

        return transfers;
    }

    private async IAsyncEnumerable<HubJob> ListAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new HubRequest(RequestMethod.Get, path, HubOperation.ReadJobs);
        await foreach (JsonElement json in HubPaging.ListAsync(channel, request, "jobs", refusal: null, cancellationToken))
            yield return HubJob.Read(json) ?? throw channel.Incomplete("the ID of a job");
    }
}

/// <summary>A job.</summary>
/// <param name="Json">The whole document; addresses in it can hold signatures.</param>
/// <param name="JobId">Its ID.</param>
internal sealed record HubJob(JsonElement Json, string JobId) : HubDocument(Json)
{
    /// <summary>Whether it writes all devices to a container, or reads them from one.</summary>
    public bool IsTransfer { get; } = Json.Text("type") is "export" or "import";

    /// <summary>Whether it can still write.</summary>
    public bool IsOpen { get; } = Json.Text("status") is not ("completed" or "failed" or "cancelled");

    /// <summary>The condition on devices; null if there is none.</summary>
    public string? Condition { get; } = Json.Text("queryCondition");

    /// <summary>The device that the job is of, where it says so.</summary>
    public string? DeviceId { get; } = Json.Text("deviceId");

    public DateTimeOffset? CreatedAt { get; } = Time(Json, "createdTime") ?? Time(Json, "startTimeUtc");

    /// <summary>When it ended or, as long as it has not, when it must have; null where that is not told.</summary>
    public DateTimeOffset? EndsAt { get; } =
        Time(Json, "endTime")
        ?? Time(Json, "endTimeUtc")
        ?? (Time(Json, "startTime") ?? Time(Json, "startTimeUtc") ?? Time(Json, "createdTime"))
            + TimeSpan.FromSeconds(Math.Clamp(Json.Count("maxExecutionTimeInSeconds") ?? 0, 0, int.MaxValue));

    /// <summary>Of how many devices it has left records, as far as it says.</summary>
    public long Devices { get; } =
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("deviceJobStatistics", out JsonElement statistics)
            ? statistics.Count("deviceCount") ?? 0
            : 0;

    /// <summary>Null when the document is not that of a job.</summary>
    public static HubJob? Read(JsonElement json) => json.Text("jobId") is { Length: > 0 } id ? new HubJob(json, id) : null;
}

/// <summary>What a job did to a device.</summary>
/// <param name="Json">The whole document.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="JobId">The job.</param>
internal sealed record JobRecord(JsonElement Json, string DeviceId, string JobId) : HubDocument(Json)
{
    public DateTimeOffset? CreatedAt { get; } = Time(Json, "createdDateTimeUtc");

    /// <summary>When it changed last, as far as it says.</summary>
    public DateTimeOffset? ChangedAt { get; } =
        (
            (DateTimeOffset?[])
                [
                    Time(Json, "lastUpdatedDateTimeUtc"),
                    Time(Json, "endTimeUtc"),
                    Time(Json, "startTimeUtc"),
                    Time(Json, "createdDateTimeUtc"),
                ]
        ).Max();

    /// <summary>Null when the document is not such a record.</summary>
    public static JobRecord? Read(JsonElement json) =>
        json.Text("deviceId") is { Length: > 0 } device && json.Text("jobId") is { Length: > 0 } job
            ? new JobRecord(json, device, job)
            : null;
}
