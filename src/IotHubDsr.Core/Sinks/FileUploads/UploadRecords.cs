using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>The records of an export of uploaded files: the list of what was copied.</summary>
internal static class UploadRecords
{
    private const string Export = "this export";
    private const string Storage = "the storage account";
    private const string Uploader = "the uploader of the file";

    public static RecordKind File { get; } =
        new(
            "uploaded-file",
            "A file that the device uploaded, or an old copy of one. The file itself is beside this list.",
            [
                RecordKind.DeviceId,
                new("blob", FieldType.Text, "Its name in the storage account.", Uploader) { IsRequired = true },
                new("versionId", FieldType.Text, "ID of the old version; absent otherwise.", Storage),
                new("snapshot", FieldType.Text, "Time of the snapshot; absent otherwise.", Storage),
                new("file", FieldType.Text, "Its name in this folder, made of characters that are safe everywhere.", Export)
                {
                    IsRequired = true,
                },
                new("bytes", FieldType.Integer, "Size of the file in this folder.", Export) { IsRequired = true, Unit = "bytes" },
                new("contentType", FieldType.Text, "Media type.", Uploader),
                new("contentEncoding", FieldType.Text, "How the content is compressed.", Uploader),
                new("lastModified", FieldType.Time, "When it was last changed.", Storage) { IsRequired = true },
                new("metadata", FieldType.Object, "Its metadata.", Uploader) { IsRequired = true },
                new("brokenOff", FieldType.Text, "Why it is incomplete here; absent if it is complete.", Export),
            ]
        );
}
