using System.Collections.Frozen;
using System.Text.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>What is particular to the blobs of one kind of archive in one location.</summary>
internal abstract class ArchiveLayout(DataLocation location)
{
    /// <summary>The records of an export.</summary>
    public abstract ArchiveRecords Records { get; }

    /// <summary>The hub whose devices are asked for; null when any will do.</summary>
    public virtual RecordOrigin? Origin { get; } =
        location.Settings.TryGetValue(LocationSettings.HubName, out string? hub) ? new RecordOrigin(hub.Split('\n')) : null;

    /// <summary>The blobs that the operator excludes.</summary>
    public BlobExclusions Exclusions { get; } = new(location);

    /// <summary>What an export leaves out of each record, in a sentence; null when a record is copied as it is.</summary>
    public virtual string? LeftOut => null;

    /// <summary>Whether a missing container is normal: its service creates it with the first record.</summary>
    public virtual bool MayBeMissing => false;

    /// <summary>Whether its blobs are append blobs, which are replaced by way of drafts.</summary>
    public virtual bool IsAppended => false;

    protected DataLocation Location => location;

    /// <summary>
    /// False only for a blob, or for a folder that ends with a slash, whose name shows that it holds nothing of the hub: device IDs are
    /// unique only within one.
    /// </summary>
    public abstract bool Concerns(string name);

    /// <summary>
    /// Whether the name of a blob leaves open which hub wrote it: what it holds of a device ID is counted, and belongs to nobody that is
    /// known.
    /// </summary>
    public virtual bool IsUnclear(string name) => false;

    /// <summary>Whether a blob is read as what it is at another location of the same container: as an export of the hub's devices.</summary>
    public virtual bool IsElsewhere(string name) => ExportBlobs.Contains(name);

    /// <summary>The blobs that the hub's exports and imports of devices wrote or read, as far as its jobs tell.</summary>
    protected FrozenSet<string> ExportBlobs { get; } =
        (location.Settings.GetValueOrDefault(LocationSettings.ExportBlobs)?.Split('\n') ?? []).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a blob may be changed: it is the hub's for all that is known, and the operator does not exclude it.</summary>
    public bool IsErasable(string name) => Concerns(name) && !IsElsewhere(name) && !IsUnclear(name) && !Exclusions.Cover(name);

    /// <summary>Writes a record as it stands in an export.</summary>
    public virtual void Write(in MatchedRecord record, Utf8JsonWriter writer) => record.WriteJson(writer);

    /// <summary>
    /// What the name of a blob, or of a folder that ends with a slash, says of when the records in it were written. A folder is of the
    /// layout when names further down can tell more.
    /// </summary>
    public abstract NameTimes TimesOf(string name);

    /// <summary>
    /// Until when the service that writes the archive may still write to a blob, and would lose its work to ours; null when it does not
    /// write to blobs that are there.
    /// </summary>
    /// <param name="blobName">The blob.</param>
    /// <param name="lastWrite">When a writer other than this module last wrote it.</param>
    public abstract DateTimeOffset? WrittenUntil(string blobName, DateTimeOffset lastWrite);
}

/// <summary>How the records of an archive stand in an export.</summary>
/// <param name="FileName">Name of the file, without an extension.</param>
/// <param name="Member">The member that holds the record itself.</param>
/// <param name="Kind">What the records look like.</param>
internal sealed record ArchiveRecords(string FileName, string Member, RecordKind Kind)
{
    private const string Export = "this export";

    /// <param name="fileName">Name of the file, without an extension.</param>
    /// <param name="kind">Name of the kind, as in <see cref="RecordKind"/>.</param>
    /// <param name="meaning">What one record is, in plain words.</param>
    /// <param name="record">The member that holds the record itself, as its service wrote it.</param>
    public static ArchiveRecords Of(string fileName, string kind, string meaning, RecordField record) =>
        new(
            fileName,
            record.Name,
            new RecordKind(
                kind,
                meaning,
                [
                    RecordKind.DeviceId,
                    RecordKind.Attribution,
                    new("blob", FieldType.Text, "The blob that contains it.", Export) { IsRequired = true },
                    new("offset", FieldType.Integer, "Byte offset in the blob at which it, its line or its block begins.", Export)
                    {
                        IsRequired = true,
                        Unit = "bytes",
                    },
                    new("index", FieldType.Integer, "Index of the record in its block, from 0.", Export)
                    {
                        IsRequired = true,
                        Unit = "records",
                    },
                    record with
                    {
                        IsRequired = true,
                    },
                ]
            )
        );
}
