using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.World;

/// <summary>A resource log as a row of AzureDiagnostics.</summary>
internal static class DiagnosticsRow
{
    public const string Properties = "properties_s";

    public static JsonObject Of(LogRecord record)
    {
        JsonObject row = Of(record.ResourceId, record.Category, record.Operation, record.PropertiesText());
        row["Level"] = record.Level;
        row["ResultType"] = record.ResultType ?? "";
        row["ResultDescription"] = record.ResultDescription ?? "";
        return row;
    }

    public static JsonObject Of(string resourceId, string category, string operation, string properties)
    {
        string[] parts = resourceId.Split('/');
        return new JsonObject
        {
            ["ResourceId"] = resourceId.ToUpperInvariant(),
            ["Category"] = category,
            ["ResourceGroup"] = parts[4].ToUpperInvariant(),
            ["SubscriptionId"] = parts[2],
            ["ResourceProvider"] = parts[6].ToUpperInvariant(),
            ["Resource"] = parts[8].ToUpperInvariant(),
            ["ResourceType"] = parts[7].ToUpperInvariant(),
            ["OperationName"] = operation,
            ["SourceSystem"] = "Azure",
            ["location_s"] = WorldNames.Location,
            [Properties] = properties,
            ["_ResourceId"] = resourceId.ToLowerInvariant(),
        };
    }
}
