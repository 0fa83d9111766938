using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>The records of an export of uploaded files: the list of what was copied.</summary>
internal static class UploadRecords
{
    private const string Export = "this export";
    private const string Storage = "the storage account";
    private const string Uploader = "whoever uploaded the file";

    public static RecordKind File { get; } =
        new(
            "uploaded-file",
            "A file that the device uploaded, or an old copy of one. The file itself lies beside this list.",
            [
                RecordKind.DeviceId,
                new("blob", FieldType.Text, "Its name in the storage account.", Uploader) { IsRequired = true },
                new("versionId", FieldType.Text, "Which old version it is; missing for others.", Storage),
                new("snapshot", FieldType.Text, "Which snapshot it is; missing for others.", Storage),
                new("file", FieldType.Text, "Its name in this folder, made of characters that are safe everywhere.", Export)
                {
                    IsRequired = true,
                },
                new("bytes", FieldType.Integer, "Size of the file in this folder.", Export) { IsRequired = true, Unit = "bytes" },
                new("contentType", FieldType.Text, "Media type.", Uploader),
                new("contentEncoding", FieldType.Text, "How the content is compressed.", Uploader),
                new("lastModified", FieldType.Time, "When it was last changed.", Storage) { IsRequired = true },
                new("metadata", FieldType.Object, "What was noted on it.", Uploader) { IsRequired = true },
                new("brokenOff", FieldType.Text, "Why not all of it is here; missing when it is whole.", Export),
            ]
        );
}
