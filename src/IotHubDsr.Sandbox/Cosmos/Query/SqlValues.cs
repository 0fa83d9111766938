using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Query;

/// <summary>How values of JSON compare: only with those of their own type; with others, and with what is undefined, they do not.</summary>
internal static class SqlValues
{
    private static readonly JsonElement s_true = Parse("true");
    private static readonly JsonElement s_false = Parse("false");

    public static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    public static JsonElement Of(bool? value) =>
        value is not { } known ? default
        : known ? s_true
        : s_false;

    public static bool IsDefined(JsonElement value) => value.ValueKind != JsonValueKind.Undefined;

    public static bool? Truth(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    /// <summary>Null when the values cannot be compared.</summary>
    public static bool? AreEqual(JsonElement left, JsonElement right)
    {
        if (TypeOf(left) != TypeOf(right) || !IsDefined(left))
            return null;

        return left.ValueKind switch
        {
            JsonValueKind.Number => left.GetDouble().Equals(right.GetDouble()),
            JsonValueKind.String => left.ValueEquals(right.GetString()),
            JsonValueKind.Array => left.GetArrayLength() == right.GetArrayLength()
                && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => AreEqual(pair.First, pair.Second) == true),
            JsonValueKind.Object => left.EnumerateObject().Count() == right.EnumerateObject().Count() && HasAllOf(left, right),
            _ => left.ValueKind == right.ValueKind,
        };
    }

    /// <summary>Whether an object has all properties of another with equal values.</summary>
    public static bool HasAllOf(JsonElement whole, JsonElement part) =>
        part.EnumerateObject()
            .All(property => whole.TryGetProperty(property.Name, out JsonElement value) && AreEqual(value, property.Value) == true);

    /// <summary>Null when the values have no order.</summary>
    public static int? Compare(JsonElement left, JsonElement right) =>
        (TypeOf(left), TypeOf(right)) switch
        {
            (JsonValueKind.Number, JsonValueKind.Number) => left.GetDouble().CompareTo(right.GetDouble()),
            (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left.GetString(), right.GetString()),
            (JsonValueKind.True, JsonValueKind.True) => (left.ValueKind == JsonValueKind.True).CompareTo(
                right.ValueKind == JsonValueKind.True
            ),
            _ => null,
        };

    private static JsonValueKind TypeOf(JsonElement value) => value.ValueKind == JsonValueKind.False ? JsonValueKind.True : value.ValueKind;
}
