using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.LogArchives;

/// <summary>The records of an export of archived logs.</summary>
internal static class LogRecords
{
    public static ArchiveRecords Rows { get; } =
        ArchiveRecords.Of(
            "log-rows",
            "log-row",
            "A row of the hub's resource logs that is about the device, as Azure Monitor archived it. A row that concerns several of the "
                + "devices is there once for each.",
            new("row", FieldType.Object, "The row.", "Azure Monitor, from what the IoT hub reported")
            {
                Fields =
                [
                    new("time", FieldType.Time, "When it happened."),
                    new("resourceId", FieldType.Text, "The hub."),
                    new("operationName", FieldType.Text, "What was done."),
                    new("category", FieldType.Text, "The log that the row belongs to."),
                    new("level", FieldType.Any, "How grave it is."),
                    new("resultType", FieldType.Any, "How it ended."),
                    new("resultDescription", FieldType.Any, "What went wrong."),
                    new("durationMs", FieldType.Any, "How long it took.") { Unit = "milliseconds" },
                    new("properties", FieldType.Any, "What it was about: JSON, as a text. The names in it depend on the log."),
                    new("location", FieldType.Text, "The region of the hub."),
                    new("UnreadableRecord", FieldType.Text, "The whole row as text, where it is not such a row."),
                ],
            }
        );
}
