using System.Globalization;
using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Documents;

/// <summary>The value of a partition key: strings, numbers, booleans, null, and undefined for what a document does not have.</summary>
internal sealed class PartitionKeyValue
{
    public PartitionKeyValue(IReadOnlyList<JsonElement> components)
    {
        Components = [.. components.Select(component => IsScalar(component) ? component : default)];
        Texts = [.. Components.Select(TextOf)];
        Text = $"[{string.Join(',', Texts)}]";
    }

    public IReadOnlyList<JsonElement> Components { get; }

    /// <summary>The key as requests have it in a header, with an empty object for what is undefined. Equal keys have equal texts.</summary>
    public string Text { get; }

    private IReadOnlyList<string> Texts { get; }

    /// <summary>Reads a header; null when it is none.</summary>
    public static PartitionKeyValue? Parse(string header)
    {
        try
        {
            using var parsed = JsonDocument.Parse(header);
            JsonElement root = parsed.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Array && root.EnumerateArray().All(one => IsScalar(one) || IsUndefined(one))
                ? new([.. root.EnumerateArray()])
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether this is the key or, of a hierarchical one, the first part of it.</summary>
    public bool IsPrefixOf(PartitionKeyValue other) =>
        Texts.Count <= other.Texts.Count && Texts.SequenceEqual(other.Texts.Take(Texts.Count));

    private static bool IsScalar(JsonElement value) =>
        value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null;

    private static bool IsUndefined(JsonElement value) => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any();

    private static string TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined => "{}",
            JsonValueKind.String => $"\"{JsonEncodedText.Encode(value.GetString()!)}\"",
            JsonValueKind.Number => value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
            _ => value.GetRawText(),
        };
}
