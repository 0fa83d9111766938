using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Kusto.Values;

/// <summary>Values of the type dynamic.</summary>
internal static class KustoDynamic
{
    /// <summary>
    /// As parse_json() does. What is not JSON becomes a text, and a text that reads like a number, a time or a GUID becomes one: leading
    /// zeros and the case of letters are lost on the way.
    /// </summary>
    public static JsonNode? Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;

        try
        {
            return Interpret(JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 128 }));
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
        catch (ArgumentException)
        {
            // Two properties of one name; the node notices when it is asked for one.
            return JsonValue.Create(text);
        }
    }

    /// <summary>A value as dynamic: what JSON has no type for is a text.</summary>
    public static JsonNode? Of(object? value) =>
        value switch
        {
            null => null,
            JsonNode json => json.DeepClone(),
            bool flag => JsonValue.Create(flag),
            long number => JsonValue.Create(number),
            double number when double.IsFinite(number) => JsonValue.Create(number),
            decimal number => JsonValue.Create(number),
            _ => JsonValue.Create(KustoText.Of(value)),
        };

    public static JsonNode? Member(JsonNode? value, string name) =>
        value is JsonObject bag && bag.TryGetPropertyValue(name, out JsonNode? member) ? member : null;

    public static JsonNode? Element(JsonNode? value, long index) =>
        value is JsonArray array && (index < 0 ? array.Count + index : index) is var at && at >= 0 && at < array.Count
            ? array[(int)at]
            : null;

    /// <summary>The value in the type, or null where it is of another: how a dynamic is compared and converted.</summary>
    public static object? To(JsonNode? value, KustoType type)
    {
        if (type == KustoType.Dynamic)
            return value;

        if (type == KustoType.String)
            return KustoText.Of(value);

        object? scalar = value?.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => Number(value),
            JsonValueKind.String => value.GetValue<string>(),
            _ => null,
        };
        return KustoConversions.To(scalar, type);
    }

    private static object Number(JsonNode value) =>
        value.AsValue().TryGetValue(out long whole) ? whole
        : value.AsValue().TryGetValue(out double real) ? real
        : double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static JsonNode? Interpret(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject bag:
                foreach (string name in bag.Select(pair => pair.Key).ToList())
                    Replace(bag[name], interpreted => bag[name] = interpreted);

                return bag;
            case JsonArray array:
                for (int index = 0; index < array.Count; index++)
                {
                    int at = index;
                    Replace(array[at], interpreted => array[at] = interpreted);
                }

                return array;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return OfText(value.GetValue<string>()) ?? node;
            default:
                return node;
        }
    }

    private static void Replace(JsonNode? node, Action<JsonNode?> replace)
    {
        JsonNode? interpreted = Interpret(node);
        if (!ReferenceEquals(interpreted, node))
            replace(interpreted);
    }

    private static JsonValue? OfText(string text)
    {
        if (text.Length is 0 or > 40 || !(char.IsAsciiLetterOrDigit(text[0]) || text[0] is '-' or '+' or '.' or '{'))
            return null;

        if (KustoText.ToIsoDateTime(text) is { } time)
            return JsonValue.Create(KustoText.Of(time));

        if (Guid.TryParseExact(text, "D", out Guid id))
            return JsonValue.Create(id.ToString("D"));

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return JsonValue.Create(whole);

        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return text.Contains('.', StringComparison.Ordinal) && double.TryParse(text, Real, CultureInfo.InvariantCulture, out double real)
            ? JsonValue.Create(real)
            : null;
    }
}
