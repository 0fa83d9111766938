using System.Text.Json;
using IotHubDsr.Core.Azure.DataExplorer;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>The lines of an export of rows.</summary>
internal static class RowLines
{
    public const string FileName = "table-rows";

    public static RecordKind Kind { get; } =
        new(
            "data-explorer-row",
            "A row of a table of Data Explorer that was made of a message of the device.",
            [
                RecordKind.DeviceId,
                RecordKind.Attribution,
                new(
                    "row",
                    FieldType.Object,
                    "The columns of the row that hold something, as the owner of the table named them.",
                    "Data Explorer"
                )
                {
                    IsRequired = true,
                },
            ]
        );

    public static void Add(RecordLines lines, ExplorerRow row, int subject, DateTimeOffset? time)
    {
        var record = new MatchedRecord(default, default, new RecordFacts(time, default), encoder: null!)
        {
            Subject = subject,
            Kind = MatchKind.Own,
        };
        if (lines.Begin(record) is not { } writer)
            return;
        writer.WriteStartObject("row"u8);
        for (int column = 0; column < row.Columns.Count; column++)
        {
            JsonElement cell = row[column];
            if (cell.ValueKind is JsonValueKind.Null || (cell.ValueKind is JsonValueKind.String && cell.ValueEquals("")))
                continue;
            writer.WritePropertyName(row.Columns[column]);
            cell.WriteTo(writer);
        }

        writer.WriteEndObject();
        lines.End();
    }
}
