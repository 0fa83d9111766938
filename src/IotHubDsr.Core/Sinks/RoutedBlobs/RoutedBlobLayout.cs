using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.RoutedBlobs;

/// <summary>Blobs as a routing endpoint writes them: in batches, under names of the operator's format.</summary>
internal sealed class RoutedBlobLayout(DataLocation location) : ArchiveLayout(location)
{
    private readonly BlobNames _names = new(
        location.Settings.GetValueOrDefault(LocationSettings.HubName),
        location.Settings.GetValueOrDefault(LocationSettings.FileNameFormat),
        location.Settings.GetValueOrDefault(LocationSettings.OtherHubs),
        location.Statements
    );

    public override ArchiveRecords Records => MessageRecords.Messages;

    public override bool Concerns(string name) => _names.Concerns(name);

    public override bool IsUnclear(string name) => _names.OwnerOf(name) == BlobOwner.Unclear;

    public override NameTimes TimesOf(string name) => _names.TimesOf(name);

    /// <summary>The hub may still write to a blob of the current or the previous batch, unless no hub writes here any more.</summary>
    public override DateTimeOffset? WrittenUntil(string blobName, DateTimeOffset lastWrite) => lastWrite + Location.FlushTime;
}
