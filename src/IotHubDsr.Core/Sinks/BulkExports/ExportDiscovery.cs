using System.Globalization;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BulkExports;

/// <summary>
/// From the hub's exports and imports of the last 30 days to their containers. Signatures in the addresses are neither used nor kept: what is
/// read and replaced there takes roles of the account.
/// </summary>
internal sealed class ExportDiscovery(TransferContext context, LocationSet locations)
{
    /// <summary>The service ends a job that has not ended by itself.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(24);

    public async Task AddAsync(IEnumerable<Azure.Hub.HubJob> transfers, CancellationToken cancellationToken)
    {
        ILookup<Uri?, TransferBlob> blobs = transfers.SelectMany(TransferBlob.Of).ToLookup(static blob => AddressOf(blob.Container));
        foreach (IGrouping<Uri?, TransferBlob> container in blobs)
        {
            if (container.Key is { } address)
            {
                locations.Add(await ContainerAsync(address, [.. container], cancellationToken));
                continue;
            }

            foreach (TransferBlob blob in container.DistinctBy(static blob => blob.Job.JobId))
            {
                string part = $"container of job {blob.Job.JobId} of {context.HubName}";
                locations.AddUnread(
                    part,
                    FaultCatalogue.ServiceFailed.For(part, "the job does not tell its address in a form that can be read.")
                );
            }
        }
    }

    /// <summary>The address of a container without its signature; null when it is none.</summary>
    private static Uri? AddressOf(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.AbsolutePath.Trim('/') is { Length: > 0 } name
        && !name.Contains('/', StringComparison.Ordinal)
            ? new Uri($"{uri.Scheme}://{uri.Authority}/{name}")
            : null;

    private async Task<LocationDraft> ContainerAsync(Uri address, TransferBlob[] blobs, CancellationToken cancellationToken)
    {
        string name = address.AbsolutePath.Trim('/');
        ContainerAddress? known = context.Accounts is { } accounts
            ? await accounts.FindAsync(address.GetLeftPart(UriPartial.Authority), null, name, null, null, cancellationToken)
            : null;
        Dictionary<string, string> settings = known?.Settings
            ?? new(StringComparer.Ordinal) { [LocationSettings.ContainerUri] = address.AbsoluteUri };
        settings[LocationSettings.HubName] = context.HubName;
        settings[LocationSettings.ExportBlobs] = string.Join(
            '\n',
            blobs.Select(static blob => blob.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        string place = known?.Place ?? $"{StorageHost.InWords(context.Cloud, address)}/{name}";
        bool isRunning = Array.Exists(blobs, static blob => blob.Job.IsOpen);
        return LocationDraft.Of(BulkExportKind.Name, place, known?.AccountId, settings) with
        {
            Ways = [.. blobs.GroupBy(static blob => (blob.Name, blob.Does)).Select(static jobs => WayOf([.. jobs]))],
            FlushTime = isRunning ? s_longest : null,
        };
    }

    /// <summary>A hub can export every hour: jobs that did the same with one blob are one way.</summary>
    private static DataWay WayOf(TransferBlob[] jobs)
    {
        DateTimeOffset? last = jobs.Max(static blob => blob.Job.CreatedAt);
        string when = last is { } at ? string.Create(CultureInfo.InvariantCulture, $", last on {at:yyyy-MM-dd}") : string.Empty;
        string who = jobs.Length == 1 ? $"job {jobs[0].Job.JobId} of the hub" : $"{Counted.Of(jobs.Length, "job")} of the hub";
        return DataWay.Remark($"{who} {jobs[0].Does} '{LocationText.Quote(jobs[0].Name)}'{when}");
    }
}
