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
            "A row of the hub's resource logs that is about the device, as Azure Monitor archived it. A row about several of the devices "
                + "appears once for each.",
            new("row", FieldType.Object, "The row.", "Azure Monitor, from what the IoT hub reported")
            {
                Fields =
                [
                    new("time", FieldType.Time, "When it happened."),
                    new("resourceId", FieldType.Text, "The hub."),
                    new("operationName", FieldType.Text, "What was done."),
                    new("category", FieldType.Text, "The log that the row belongs to."),
                    new("level", FieldType.Any, "Severity."),
                    new("resultType", FieldType.Any, "Result."),
                    new("resultDescription", FieldType.Any, "What went wrong."),
                    new("durationMs", FieldType.Any, "How long it took.") { Unit = "milliseconds" },
                    new("properties", FieldType.Any, "Details: JSON in a string, whose members depend on the log."),
                    new("location", FieldType.Text, "The region of the hub."),
                    new("UnreadableRecord", FieldType.Text, "The whole row as text, if it does not have this form."),
                ],
            }
        );
}
