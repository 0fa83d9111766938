using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.LogArchives;

/// <summary>
/// Blobs as Azure Monitor writes them: <c>resourceId=/SUBSCRIPTIONS/…/IOTHUBS/CONTOSO/y=2026/m=01/d=05/h=08/m=00/PT1H.json</c> for the logs
/// of a resource, <c>WorkspaceResourceId=/…/y=2026/m=01/d=05/h=08/m=05/PT05M.json</c> for the tables that a workspace exports.
/// </summary>
internal sealed class LogArchiveLayout(DataLocation location) : ArchiveLayout(location)
{
    private const string ResourcePrefix = "resourceId=";

    /// <summary>The blob of one period is still written to for a while when the next one has begun.</summary>
    private static readonly TimeSpan StillWritten = TimeSpan.FromHours(1);

    public override ArchiveRecords Records => LogRecords.Rows;

    public override bool MayBeMissing => true;

    public override bool IsAppended => true;

    /// <summary>A container holds the logs of many resources, each below its own ID.</summary>
    public override bool Concerns(string name)
    {
        if (Origin is not { } origin || !name.StartsWith(ResourcePrefix, StringComparison.OrdinalIgnoreCase))
            return true;
        // Only a name that tells the whole resource can tell that it is no hub.
        return LogBlobName.ResourceIn(name[ResourcePrefix.Length..]) is { } resource
            ? RecordOrigin.HubIn(resource) is { } hub && origin.IsNamed(hub)
            : RecordOrigin.HubIn(name) is not { Length: > 0 } folder || origin.IsNamed(folder);
    }

    public override NameTimes TimesOf(string name) => LogBlobName.TimesOf(name);

    /// <summary>
    /// Rows are added to the blob of the current hour, and to that of the previous one for a while. Names tell which hour that is: when a
    /// blob was changed does not, as this module changes blobs itself.
    /// </summary>
    public override DateTimeOffset? WrittenUntil(string blobName, DateTimeOffset lastWrite) =>
        LogBlobName.PeriodOf(blobName) is { } period ? period.End + StillWritten : lastWrite + Location.FlushTime;
}
