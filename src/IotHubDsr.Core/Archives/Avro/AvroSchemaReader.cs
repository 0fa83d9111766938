using System.Text.Json;
using System.Text.Unicode;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>
/// Reads the schema that an Avro file carries. Logical types, aliases, defaults and docs do not change the bytes and are ignored.
/// </summary>
internal sealed class AvroSchemaReader
{
    private const int MaxDepth = 64;

    private readonly Dictionary<string, AvroType> _named = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">It is no Avro schema.</exception>
    public static AvroType Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = Utf8.IsValid(json.Span)
                ? JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth })
                : throw new InvalidDataException("it is not UTF-8");
            return new AvroSchemaReader().Read(document.RootElement, "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with half a surrogate pair.
            throw new InvalidDataException("it is not JSON", e);
        }
    }

    private AvroType Read(JsonElement schema, string enclosing) =>
        schema.ValueKind switch
        {
            JsonValueKind.String => Resolve(schema.GetString()!, enclosing),
            JsonValueKind.Array => new AvroType(AvroKind.Union)
            {
                Branches = [.. schema.EnumerateArray().Select(branch => Read(branch, enclosing))],
            },
            JsonValueKind.Object => ReadObject(schema, enclosing),
            _ => throw new InvalidDataException("a type is neither a name, a list nor an object"),
        };

    private AvroType ReadObject(JsonElement schema, string enclosing)
    {
        JsonElement type = Required(schema, "type");
        if (type.ValueKind is not JsonValueKind.String)
            return Read(type, enclosing);

        switch (type.GetString())
        {
            case "array":
                return new AvroType(AvroKind.Array) { Element = Read(Required(schema, "items"), enclosing) };
            case "map":
                return new AvroType(AvroKind.Map) { Element = Read(Required(schema, "values"), enclosing) };
            case "fixed":
                JsonElement size = Required(schema, "size");
                return size.ValueKind is JsonValueKind.Number && size.TryGetInt32(out int bytes) && bytes >= 0
                    ? Named(schema, enclosing, out _, AvroType.OfFixed(bytes))
                    : throw new InvalidDataException("a fixed type has no usable size");
            case "enum":
                string[] symbols = List(schema, "symbols").Select(symbol => Text(symbol, "symbol")).ToArray();
                return Named(schema, enclosing, out _, new AvroType(AvroKind.Enum) { Symbols = symbols });
            case "record" or "error":
                AvroType record = Named(schema, enclosing, out string? space, new AvroType(AvroKind.Record));
                record.SetFields([.. List(schema, "fields").Select(field => ReadField(field, space))]);
                return record.Fields.DistinctBy(field => field.Name).Count() == record.Fields.Length
                    ? record
                    : throw new InvalidDataException("a record has two fields with the same name");
            case var name:
                return Resolve(name!, enclosing);
        }
    }

    private AvroField ReadField(JsonElement field, string enclosing) =>
        new(Text(Required(field, "name"), "name"), Read(Required(field, "type"), enclosing));

    private AvroType Named(JsonElement schema, string enclosing, out string space, AvroType type)
    {
        string name = Text(Required(schema, "name"), "name");
        int dot = name.LastIndexOf('.');
        space =
            dot >= 0 ? name[..dot]
            : schema.TryGetProperty("namespace", out JsonElement own) && own.ValueKind is JsonValueKind.String ? own.GetString()!
            : enclosing;
        return _named.TryAdd(FullName(name[(dot + 1)..], space), type)
            ? type
            : throw new InvalidDataException("two types have the same " + "name");
    }

    private AvroType Resolve(string name, string enclosing) =>
        name switch
        {
            "null" => AvroType.Null,
            "boolean" => new AvroType(AvroKind.Boolean),
            "int" => new AvroType(AvroKind.Int),
            "long" => new AvroType(AvroKind.Long),
            "float" => new AvroType(AvroKind.Float),
            "double" => new AvroType(AvroKind.Double),
            "bytes" => new AvroType(AvroKind.Bytes),
            "string" => new AvroType(AvroKind.String),
            _ when _named.TryGetValue(name.Contains('.') ? name : FullName(name, enclosing), out AvroType? type) => type,
            _ when _named.TryGetValue(name, out AvroType? type) => type,
            _ => throw new InvalidDataException("it refers to an undefined type"),
        };

    private static string FullName(string name, string space) => space.Length == 0 ? name : $"{space}.{name}";

    private static JsonElement Required(JsonElement schema, string property) =>
        schema.ValueKind is JsonValueKind.Object && schema.TryGetProperty(property, out JsonElement value)
            ? value
            : throw new InvalidDataException($"a type or field has no '{property}'");

    private static JsonElement.ArrayEnumerator List(JsonElement schema, string property) =>
        Required(schema, property) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray()
            : throw new InvalidDataException($"'{property}' is not a list");

    private static string Text(JsonElement value, string property) =>
        value.ValueKind is JsonValueKind.String ? value.GetString()! : throw new InvalidDataException($"a '{property}' is not a text");
}
