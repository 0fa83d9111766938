using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.JobHistories;

/// <summary>What the history of jobs holds of one device.</summary>
internal sealed class DeviceJobs
{
    private static readonly string[] Contents = ["updateTwin", "cloudToDeviceMethod", "failureReason", "statusMessage"];

    /// <summary>What jobs did to it.</summary>
    public List<JobRecord> Records { get; } = [];

    /// <summary>When the last of the jobs that did something to it ended, or must have: as long as a job is kept, so is what it did.</summary>
    public DateTimeOffset? LastJobEndsAt { get; set; }

    /// <summary>Jobs that are of the device alone, and those that name it beside others or say nothing of whom they are for.</summary>
    public List<(HubJob Job, MatchKind Match)> Named { get; } = [];

    public int Count => Records.Count + Named.Count;

    public long Bytes => Records.Sum(static record => (long)record.Bytes) + Named.Sum(static named => (long)named.Job.Bytes);

    /// <summary>When the service lets go of the last of it; null if that cannot be told.</summary>
    public DateTimeOffset? Until
    {
        get
        {
            DateTimeOffset?[] ends = [.. Records.Select(static one => one.ChangedAt), .. Named.Select(static one => one.Job.EndsAt)];
            return Array.Exists(ends, static end => end is null) ? null : ends.Append(LastJobEndsAt).Max() + JobHistoryKind.Kept;
        }
    }

    public IEnumerable<DateTimeOffset?> Times =>
        Records.Select(static one => one.CreatedAt ?? one.ChangedAt).Concat(Named.Select(static one => one.Job.CreatedAt));

    /// <summary>Adds a job if it names the device.</summary>
    public void AddIfNamed(HubJob job, DocumentTexts contents, string deviceId)
    {
        bool isInCondition = job.Condition is { } condition && DocumentTexts.HoldsInSql(condition, deviceId);
        if (job.DeviceId == deviceId || isInCondition || contents.Hold(deviceId) || IsInId(job.JobId, deviceId))
            Named.Add((job, IsOfNoOther(job, deviceId) ? MatchKind.Own : MatchKind.Mentioned));
    }

    /// <summary>The texts of what a job sends to devices, and of what it says of how it went.</summary>
    public static DocumentTexts ContentsOf(HubJob job)
    {
        JsonElement[] contents =
        [
            .. Contents
                .Select(name => job.Json.TryGetProperty(name, out JsonElement content) ? content : default)
                .Where(static content => content.ValueKind is not JsonValueKind.Undefined),
        ];
        return DocumentTexts.Of(JsonSerializer.SerializeToElement(contents));
    }

    /// <summary>
    /// Whether a device's ID is a part of the ID that an operator gave a job: <c>reboot-dev1</c>. What separates the parts can stand in an ID
    /// of a device as well, so that <c>dev1-2</c> counts as naming <c>dev1</c>, too; a letter or digit beside it is another ID's.
    /// </summary>
    private static bool IsInId(string jobId, string deviceId)
    {
        for (int at = 0; (at = jobId.IndexOf(deviceId, at, StringComparison.Ordinal)) >= 0; at++)
        {
            int end = at + deviceId.Length;
            if ((at == 0 || !char.IsLetterOrDigit(jobId[at - 1])) && (end == jobId.Length || !char.IsLetterOrDigit(jobId[end])))
                return true;
        }

        return false;
    }

    private static bool IsOfNoOther(HubJob job, string deviceId) =>
        job.Condition is { } condition
            ? DeviceCondition.TryParse(condition)?.DeviceIds.All(other => other == deviceId) == true
            : job.DeviceId == deviceId;
}
