using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace IotHubDsr.Core.Tests.Packages.Records;

/// <summary>A JSON Schema, applied by a validator of other making.</summary>
internal sealed class SchemaCheck
{
    private readonly JsonSchema _schema;

    private SchemaCheck(JsonSchema schema) => _schema = schema;

    /// <param name="schema">The schema; its ID is taken off, since one process sees the schemas of several packages.</param>
    public static SchemaCheck Of(ReadOnlySpan<byte> schema)
    {
        JsonObject root = System.Text.Json.Nodes.JsonNode.Parse(schema)!.AsObject();
        root.Remove("$id");
        return new SchemaCheck(JsonSchema.FromText(root.ToJsonString()));
    }

    public IReadOnlyList<string> Failures(string json)
    {
        EvaluationResults results = _schema.Evaluate(
            JsonDocument.Parse(json).RootElement,
            new EvaluationOptions { OutputFormat = OutputFormat.List }
        );
        return results.IsValid
            ? []
            :
            [
                .. (results.Details ?? [])
                    .Where(detail => detail.Errors is not null)
                    .Select(detail => $"{detail.InstanceLocation}: {string.Join(' ', detail.Errors!.Values)}"),
                json,
            ];
    }
}
