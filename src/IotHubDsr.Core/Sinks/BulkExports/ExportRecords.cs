using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.BulkExports;

/// <summary>The records of an export of earlier exports.</summary>
internal static class ExportRecords
{
    public static ArchiveRecords Devices { get; } =
        ArchiveRecords.Of(
            "exported-devices",
            "exported-device",
            "The device, or a module of it, as an earlier export of the hub had it. Keys are left out: they are credentials.",
            new("identity", FieldType.Object, "Identity and twin at the time of the export.", "the IoT hub, as it exported them")
            {
                Fields =
                [
                    new("id", FieldType.Text, "The device."),
                    new("moduleId", FieldType.Text, "The module, for a module."),
                    new("eTag", FieldType.Text, "Version of the identity."),
                    new("status", FieldType.Text, "Whether it could connect."),
                    new("statusReason", FieldType.Text, "Why not."),
                    new("authentication", FieldType.Object, "How it authenticated."),
                    new("twinETag", FieldType.Text, "Version of the twin."),
                    new("tags", FieldType.Object, "Tags of the twin, as the operator set them."),
                    new("properties", FieldType.Object, "Desired and reported properties of the twin."),
                    new("importMode", FieldType.Text, "What an import was to do with it."),
                    new("deviceId", FieldType.Text, "The device, where an error of an import is about it."),
                    new("UnreadableRecord", FieldType.Text, "The whole line as text, if it does not have this form."),
                ],
            }
        );
}
