using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Packages.Records;

/// <summary>
/// The JSON Schema and the data dictionary of a kind. Documents that others wrote are copied as they are, also when they break the rules
/// of their own format: the schema then says what was there, so that it holds for every record of its package.
/// </summary>
internal sealed class RecordSchema(RecordKind kind)
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Dictionary<RecordField, SortedSet<string>> _unexpected = new(ReferenceEqualityComparer.Instance);

    public RecordKind Kind => kind;

    public RecordColumns Columns { get; } = new(kind);

    /// <summary>Takes note of what a field holds.</summary>
    public void Saw(RecordField field, JsonElement value)
    {
        string type = TypeOf(value);
        if (Expected(field) is not { } expected || expected.Contains(type) || (type == "integer" && expected.Contains("number")))
            return;
        lock (_unexpected)
        {
            if (!_unexpected.TryGetValue(field, out SortedSet<string>? types))
                _unexpected.Add(field, types = new SortedSet<string>(StringComparer.Ordinal));
            types.Add(type);
        }
    }

    public byte[] ToJson()
    {
        JsonObject schema = ObjectOf(kind.Fields, isOpen: false);
        schema.Insert(0, "$schema", Dialect);
        schema.Insert(1, "$id", $"urn:iothubdsr:record:{kind.Name}:1");
        schema.Insert(2, "title", kind.Name);
        schema.Insert(3, "description", kind.Meaning);
        return Encoding.UTF8.GetBytes(schema.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n");
    }

    /// <summary>One row for each column of the table, in their order.</summary>
    public byte[] ToDictionary()
    {
        StringBuilder table = new StringBuilder().Append(CsvText.ByteOrderMark);
        CsvText.AppendRow(table, ["field", "type", "unit", "always there", "meaning", "source"]);
        foreach (RecordColumn column in Columns.All)
        {
            RecordField field = column.Field;
            string meaning = field.Values.Count == 0 ? field.Meaning : $"{field.Meaning} One of: {string.Join(", ", field.Values)}.";
            CsvText.AppendRow(
                table,
                [column.Name, InWords(field.Type), field.Unit ?? "", field.IsRequired ? "yes" : "no", meaning, column.Source]
            );
        }

        return Encoding.UTF8.GetBytes(table.ToString());
    }

    private static string InWords(FieldType type) =>
        type switch
        {
            FieldType.Time => "time (ISO 8601, UTC)",
            FieldType.Integer => "whole number",
            FieldType.Boolean => "true or false",
            FieldType.Object => "object (JSON)",
            FieldType.List => "list (JSON)",
            FieldType.Any => "any value (JSON)",
            _ => "text",
        };

    private static string TypeOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
            JsonValueKind.Null => "null",
            _ => "boolean",
        };

    private static List<string>? Expected(RecordField field)
    {
        string? type = field.Type switch
        {
            FieldType.Any => null,
            FieldType.Object => "object",
            FieldType.List => "array",
            FieldType.Integer => "integer",
            FieldType.Boolean => "boolean",
            _ => "string",
        };
        return type is null ? null
            : field.IsRequired ? [type]
            : [type, "null"];
    }

    private JsonObject ObjectOf(IReadOnlyList<RecordField> fields, bool isOpen)
    {
        var properties = new JsonObject();
        foreach (RecordField field in fields)
            properties.Add(field.Name, PropertyOf(field));
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (fields.Any(field => field.IsRequired))
            schema["required"] = new JsonArray([.. fields.Where(field => field.IsRequired).Select(field => JsonValue.Create(field.Name))]);
        schema["additionalProperties"] = isOpen;
        return schema;
    }

    private JsonObject PropertyOf(RecordField field)
    {
        JsonObject schema = field.Fields.Count > 0 ? ObjectOf(field.Fields, isOpen: true) : [];
        if (Expected(field) is { } types)
        {
            if (_unexpected.TryGetValue(field, out SortedSet<string>? more))
            {
                types.AddRange(more);
                schema["$comment"] = $"Some records of this package hold {string.Join(" or ", more)} here, as in their source.";
            }

            schema["type"] = types.Count == 1 ? types[0] : new JsonArray([.. types.Select(type => JsonValue.Create(type))]);
        }

        if (field.Values.Count > 0)
            schema["enum"] = new JsonArray([.. field.Values.Select(value => JsonValue.Create(value))]);
        schema["description"] = field.Unit is null ? field.Meaning : $"{field.Meaning} Unit: {field.Unit}.";
        return schema;
    }
}
