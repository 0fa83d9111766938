using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.JobHistories;

/// <summary>
/// Reads the history of jobs once for all devices. What jobs did to devices is queried by job, so that the texts of the queries, which the
/// hub's logs can keep, name no device; where that would take too many pages, by device.
/// </summary>
internal sealed class JobScan(HubClient hub, SinkCall call, IReadOnlyList<string> deviceIds, long mostPages)
{
    private const string Collection = "SELECT * FROM devices.jobs WHERE devices.jobs.";
    private const int PageSize = 1000;

    /// <summary>The service takes 8,192 characters.</summary>
    private const int MostCharacters = 8_000;

    private readonly Dictionary<string, DeviceJobs> _held = deviceIds
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(static device => device, static _ => new DeviceJobs(), StringComparer.Ordinal);

    /// <summary>When the jobs ended, or must have, by ID.</summary>
    private ILookup<string, DateTimeOffset?> _ends = Array.Empty<HubJob>().ToLookup(static job => job.JobId, static job => job.EndsAt);

    public async Task<IReadOnlyDictionary<string, DeviceJobs>> RunAsync(CancellationToken cancellationToken)
    {
        List<HubJob> jobs = [];
        await foreach (HubJob job in hub.Jobs.ListAsync(cancellationToken))
        {
            jobs.Add(job);
            AddNamed(job);
        }

        _ends = jobs.ToLookup(static job => job.JobId, static job => job.EndsAt, StringComparer.Ordinal);
        HubJob[] scheduled = [.. jobs.Where(static job => !job.IsTransfer)];
        long pages = scheduled.Sum(static job => 1 + (job.Devices / PageSize));
        await (pages <= mostPages ? ReadByJobAsync(scheduled, cancellationToken) : ReadByDeviceAsync(cancellationToken));
        return _held;
    }

    private void AddNamed(HubJob job)
    {
        DocumentTexts contents = DeviceJobs.ContentsOf(job);
        foreach ((string deviceId, DeviceJobs held) in _held)
            held.AddIfNamed(job, contents, deviceId);
    }

    private async Task ReadByJobAsync(HubJob[] jobs, CancellationToken cancellationToken)
    {
        for (int done = 0; done < jobs.Length; done++)
        {
            await AddAsync($"{Collection}jobId = {HubSql.Text(jobs[done].JobId)}", cancellationToken);
            await call.ProgressAsync(
                $"{done + 1:N0} of {Counted.Of(jobs.Length, "job")} read",
                (int)(100L * (done + 1) / jobs.Length),
                cancellationToken
            );
        }
    }

    private async Task ReadByDeviceAsync(CancellationToken cancellationToken)
    {
        const string text =
            "What jobs did is queried by device, as they did it to so many: the hub's log of queries, where it is kept, then names "
            + "these devices.";
        await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {text}", cancellationToken);
        foreach (List<string> some in Batches())
        {
            string query = $"{Collection}deviceId IN [{string.Join(", ", some.Select(HubSql.Text))}]";
            try
            {
                await AddAsync(query, cancellationToken);
            }
            catch (DsrException exception) when (exception.Fault.Id == FaultCatalogue.InvalidQuery.Id)
            {
                // That a query can name one device is documented; that it can name several is not.
                foreach (string deviceId in some)
                    await AddAsync($"{Collection}deviceId = {HubSql.Text(deviceId)}", cancellationToken);
            }
        }
    }

    private List<List<string>> Batches()
    {
        List<List<string>> batches =
        [
            [],
        ];
        int length = Collection.Length;
        foreach (string deviceId in _held.Keys.Order(StringComparer.Ordinal))
        {
            int more = HubSql.Text(deviceId).Length + 2;
            if (length + more > MostCharacters && batches[^1].Count > 0)
            {
                batches.Add([]);
                length = Collection.Length;
            }

            batches[^1].Add(deviceId);
            length += more;
        }

        return batches;
    }

    /// <summary>Whose a record is, it says itself: case counts there, whatever the query says.</summary>
    private async Task AddAsync(string query, CancellationToken cancellationToken)
    {
        await foreach (JsonElement row in hub.QueryAsync(query, cancellationToken))
        {
            JobRecord record = JobRecord.Read(row)
                ?? throw FaultCatalogue.ServiceFailed.Exception(
                    HubFaults.NameOf(hub.HostName),
                    "a record of a job does not tell its device and job."
                );
            DeviceJobs? held = _held.GetValueOrDefault(record.DeviceId);
            if (held?.Records.Exists(other => other.JobId == record.JobId) != false)
                continue;
            held.Records.Add(record);
            held.LastJobEndsAt = _ends[record.JobId].Append(held.LastJobEndsAt).Max();
        }
    }
}
