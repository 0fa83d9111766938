using System.Buffers;
using System.Text.Json;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.BulkExports;

/// <summary>
/// Blobs as the hub's export jobs write them, under the names that the jobs give. No line tells its hub: where jobs name the blobs, others
/// can be exports of any hub; where the operator names the container, its blobs are the hub's unless other hubs write there.
/// </summary>
internal sealed class BulkExportLayout(DataLocation location) : ArchiveLayout(location)
{
    private const string DefaultExtension = ".txt";

    private readonly bool _isBesideOthers = location.Settings.ContainsKey(LocationSettings.IsBesideOthers);
    private readonly bool _isShared = HubSharing.GroundOf(location) is not null;

    public override ArchiveRecords Records => ExportRecords.Devices;

    public override RecordOrigin? Origin { get; } =
        new(location.Settings.GetValueOrDefault(LocationSettings.HubName)?.Split('\n') ?? []) { ListsDevices = true };

    public override string? LeftOut => "Keys are credentials, not data about the device, and are left out.";

    public override bool Concerns(string name) => true;

    public override bool IsElsewhere(string name) => _isBesideOthers && !name.EndsWith('/') && !ExportBlobs.Contains(name);

    public override bool IsUnclear(string name) =>
        !IsVouchedFor(name) && (_isShared || (ExportBlobs.Count > 0 && !ExportBlobs.Contains(name)));

    /// <summary>Names tell no time; one that an export has is damaged when it is none, and any other is not.</summary>
    public override NameTimes TimesOf(string name) =>
        ExportBlobs.Contains(name) || name.EndsWith(DefaultExtension, StringComparison.OrdinalIgnoreCase)
            ? new NameTimes(IsOfLayout: true, Start: null, End: null)
            : NameTimes.Foreign;

    /// <summary>A job writes its blob once; the next one replaces it as a whole, and holds no device that is deleted by then.</summary>
    public override DateTimeOffset? WrittenUntil(string blobName, DateTimeOffset lastWrite) => null;

    /// <summary>An identity without its keys. What stands in tags and properties is the subject's, whatever it is called.</summary>
    public override void Write(in MatchedRecord record, Utf8JsonWriter writer)
    {
        var copy = new ArrayBufferWriter<byte>();
        using (var whole = new Utf8JsonWriter(copy))
            record.WriteJson(whole);
        using var document = JsonDocument.Parse(copy.WrittenMemory, new JsonDocumentOptions { MaxDepth = int.MaxValue });
        new CredentialFilter(CredentialFilter.OfIdentities, kept: ["tags", "properties"]) { LooksIntoTexts = true }.Copy(
            writer,
            document.RootElement,
            isWhole: false
        );
    }

    private bool IsVouchedFor(string name) =>
        Location.Statements.Any(statement =>
            statement.Kind is OperatorStatementKind.DedicatedContainer or OperatorStatementKind.OwnBlobs && statement.Covers(name)
        );
}
