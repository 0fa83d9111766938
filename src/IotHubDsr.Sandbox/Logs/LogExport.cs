using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Logs;

/// <summary>A rule that copies what comes into tables to a storage account or to an event hub.</summary>
internal sealed record LogExport(string Name, string Id, string DestinationId, string DestinationType, IReadOnlyList<string> Tables)
{
    public bool IsEnabled { get; init; } = true;

    /// <summary>Of an event hub, when not each table has its own.</summary>
    public string? EventHub { get; init; }

    public JsonObject Describe(LogWorkspace workspace)
    {
        var destination = new JsonObject { ["resourceId"] = DestinationId, ["type"] = DestinationType };
        if (EventHub is not null)
            destination["metaData"] = new JsonObject { ["eventHubName"] = EventHub };

        return new JsonObject
        {
            ["id"] = $"{workspace.ResourceId}/dataExports/{Name}",
            ["name"] = Name,
            ["type"] = "Microsoft.OperationalInsights/workspaces/dataExports",
            ["properties"] = new JsonObject
            {
                ["dataExportId"] = Id,
                ["destination"] = destination,
                ["tableNames"] = new JsonArray([.. Tables.Select(table => (JsonNode)JsonValue.Create(table))]),
                ["enable"] = IsEnabled,
            },
        };
    }
}
