using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>The lines of an export of rows.</summary>
internal sealed class LogLines(RecordLines lines, int firstSubject)
{
    private const string Service = "Azure Monitor, from what the IoT hub reported";

    public const string FileName = "workspace-rows";

    public static RecordKind Rows { get; } =
        new(
            "workspace-row",
            "A row of a table of a Log Analytics workspace that is about the device. A row about several of the devices appears once for each.",
            [
                RecordKind.DeviceId,
                RecordKind.Attribution,
                new("table", FieldType.Text, "The table.", "Log Analytics") { IsRequired = true },
                new("row", FieldType.Object, "The columns of the row that hold something.", Service)
                {
                    IsRequired = true,
                    Fields =
                    [
                        new("TimeGenerated", FieldType.Time, "When it happened."),
                        new("_ResourceId", FieldType.Text, "What it was reported about: the hub."),
                        new("Category", FieldType.Text, "The log that the row belongs to."),
                        new("OperationName", FieldType.Text, "What was done."),
                        new("Level", FieldType.Any, "Severity."),
                        new("ResultType", FieldType.Any, "Result."),
                        new("ResultDescription", FieldType.Any, "What went wrong."),
                        new("DurationMs", FieldType.Any, "How long it took.") { Unit = "milliseconds" },
                        new("properties_s", FieldType.Any, "Details: JSON in a string, whose members depend on the log."),
                        new("AdditionalFields", FieldType.Any, "Details for which the table has no columns."),
                    ],
                },
            ]
        );

    public static LogLines Of(RecordLines lines, int firstSubject) => new(lines, firstSubject);

    public void Add(string table, LogRow row, in MatchedRecord record)
    {
        if (lines.Begin(record with { Subject = record.Subject + firstSubject }) is not { } writer)
            return;
        writer.WriteString("table"u8, table);
        writer.WriteStartObject("row"u8);
        LogRowJson.Write(row, writer, static name => name);
        writer.WriteEndObject();
        lines.End();
    }
}
