using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>A table of a workspace as Resource Manager describes it.</summary>
internal static class WorkspaceTable
{
    public static JsonObject Describe(LogWorkspace workspace, LogTable table)
    {
        var schema = new JsonObject
        {
            ["name"] = table.Name,
            ["displayName"] = table.Name,
            ["tableType"] = TypeOf(table),
            ["tableSubType"] = "Any",
            [table.Name.EndsWith("_CL", StringComparison.Ordinal) ? "columns" : "standardColumns"] = new JsonArray([
                .. table.Columns.Where(column => !column.IsHidden).Select(Describe),
            ]),
        };
        if (table.Search is var (query, source))
        {
            schema["searchResults"] = new JsonObject
            {
                ["query"] = query,
                ["sourceTable"] = source,
                ["startSearchTime"] = null,
                ["endSearchTime"] = null,
            };
        }

        if (table.Restored is var (from, start, end))
        {
            schema["restoredLogs"] = new JsonObject
            {
                ["sourceTable"] = from,
                ["startRestoreTime"] = start.UtcDateTime.ToString("o"),
                ["endRestoreTime"] = end.UtcDateTime.ToString("o"),
            };
        }

        return new JsonObject
        {
            ["id"] = $"{workspace.ResourceId}/tables/{table.Name}",
            ["name"] = table.Name,
            ["type"] = "Microsoft.OperationalInsights/workspaces/tables",
            ["properties"] = new JsonObject
            {
                ["plan"] = table.Plan.ToString(),
                ["retentionInDays"] = table.RetentionInDays,
                ["totalRetentionInDays"] = table.TotalRetentionInDays,
                ["archiveRetentionInDays"] = table.TotalRetentionInDays - table.RetentionInDays,
                ["provisioningState"] = "Succeeded",
                ["schema"] = schema,
            },
        };
    }

    private static string TypeOf(LogTable table) =>
        table switch
        {
            { Search: not null } => "SearchResults",
            { Restored: not null } => "RestoredLogs",
            { Name: var name } when name.EndsWith("_CL", StringComparison.Ordinal) => "CustomLog",
            _ => "Microsoft",
        };

    private static JsonNode Describe(KustoColumn column) =>
        new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type == KustoType.Bool ? "boolean" : column.Type.Name,
            ["isDefaultDisplay"] = false,
            ["isHidden"] = false,
        };
}
