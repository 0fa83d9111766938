using System.Collections.Frozen;
using System.Text.Json;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// Copies a document of a service onto a line, without what would let a reader of the copy act as the device.
/// </summary>
/// <param name="credentials">Names of members that hold credentials, without regard to case.</param>
/// <param name="kept">Names of members whose content is the subject's, whatever it is called.</param>
internal sealed class CredentialFilter(IEnumerable<string> credentials, IEnumerable<string> kept)
{
    private const string PrivateKey = "PRIVATE KEY-----";

    private readonly FrozenSet<string> _credentials = credentials.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly FrozenSet<string> _kept = kept.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether credentials were left out.</summary>
    public bool HasLeftOut { get; private set; }

    /// <param name="writer">Takes the copy.</param>
    /// <param name="value">What is copied.</param>
    /// <param name="isWhole">Whether nothing is left out of it.</param>
    public void Copy(Utf8JsonWriter writer, JsonElement value, bool isWhole)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in value.EnumerateObject())
                    Copy(writer, property, isWhole);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                    Copy(writer, item, isWhole);
                writer.WriteEndArray();
                break;
            default:
                // As it was received: decoding and encoding again would change numbers and fail on unpaired surrogates.
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private void Copy(Utf8JsonWriter writer, JsonProperty property, bool isWhole)
    {
        string name = NameOf(property);
        if (!isWhole && (_credentials.Contains(name) || IsPrivateKey(property.Value)))
        {
            HasLeftOut |= HasContent(property.Value);
            return;
        }

        writer.WritePropertyName(name);
        Copy(writer, property.Value, isWhole || _kept.Contains(name));
    }

    private static bool IsPrivateKey(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetRawText().Contains(PrivateKey, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // A device may name a property of its twin with half of a surrogate pair: its escaped form is shown instead.
            string text = property.ToString();
            return text[1..text.IndexOf("\":", StringComparison.Ordinal)];
        }
    }

    private static bool HasContent(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Any(static property => HasContent(property.Value)),
            JsonValueKind.Null => false,
            _ => true,
        };
}
