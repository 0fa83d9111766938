using System.Collections.Frozen;
using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// Copies a document of a service onto a line, without what would let a reader of the copy act as the device.
/// </summary>
/// <param name="credentials">Names of members that hold credentials, without regard to case.</param>
/// <param name="kept">Names of members whose content is the subject's, whatever it is called.</param>
internal sealed class CredentialFilter(IEnumerable<string> credentials, IEnumerable<string> kept)
{
    /// <summary>Names of the members of an identity that hold credentials.</summary>
    public static IReadOnlyList<string> OfIdentities { get; } =
    [
        "symmetricKey",
        "primaryKey",
        "secondaryKey",
        "connectionString",
        "primaryConnectionString",
        "secondaryConnectionString",
        "sharedAccessKey",
        "sharedAccessSignature",
        "sasToken",
    ];

    private const string PrivateKey = "PRIVATE KEY-----";

    private readonly FrozenSet<string> _credentials = credentials.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly FrozenSet<string> _kept = kept.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether keys and signatures within texts, such as those of an address, are left out as well.</summary>
    public bool LooksIntoTexts { get; init; }

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
            case JsonValueKind.String when !isWhole && IsPrivateKey(value):
                HasLeftOut = true;
                writer.WriteStringValue(LocationText.SecretRemoved);
                break;
            case JsonValueKind.String when LooksIntoTexts && !isWhole && HubJson.AsText(value) is { } text && Cut(text) is { } rest:
                HasLeftOut = true;
                writer.WriteStringValue(rest);
                break;
            default:
                // As it was received: decoding and encoding again would change numbers and fail on unpaired surrogates.
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private void Copy(Utf8JsonWriter writer, JsonProperty property, bool isWhole)
    {
        string name = property.NameOf();
        if (!isWhole && (_credentials.Contains(name) || IsPrivateKey(property.Value)))
        {
            HasLeftOut |= HasContent(property.Value);
            return;
        }

        writer.WritePropertyName(name);
        Copy(writer, property.Value, isWhole || _kept.Contains(name));
    }

    /// <summary>The text without secrets; null if it has none.</summary>
    private static string? Cut(string text) => LocationText.WithoutSecrets(text) is var rest && rest != text ? rest : null;

    private static bool IsPrivateKey(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetRawText().Contains(PrivateKey, StringComparison.OrdinalIgnoreCase);

    private static bool HasContent(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Any(static property => HasContent(property.Value)),
            JsonValueKind.Null => false,
            _ => true,
        };
}
