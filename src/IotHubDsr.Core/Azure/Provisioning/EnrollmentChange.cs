using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>The document that disables an enrollment: what was read, but for what the service itself keeps in it.</summary>
internal static class EnrollmentChange
{
    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        "registrationState",
        "createdDateTimeUtc",
        "lastUpdatedDateTimeUtc",
        "provisioningStatus",
    };

    /// <summary>Whether the keys have to be asked for: some versions of the service show them, others leave them out.</summary>
    public static bool NeedsKeys(Enrollment enrollment) =>
        "symmetricKey".Equals(enrollment.AttestationType, StringComparison.OrdinalIgnoreCase)
        && !(
            enrollment.Json.GetProperty("attestation").TryGetProperty("symmetricKey", out JsonElement keys)
            && keys.Text("primaryKey") is { Length: > 0 }
            && keys.Text("secondaryKey") is { Length: > 0 }
        );

    /// <param name="enrollment">The enrollment.</param>
    /// <param name="attestation">Its attestation with keys, where the enrollment leaves them out.</param>
    public static byte[] Disable(Enrollment enrollment, JsonElement? attestation)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in enrollment.Json.EnumerateObject().Where(static property => !Own.Contains(property.Name)))
            {
                writer.WritePropertyName(property.Name);
                JsonElement value = property.Name == "attestation" ? attestation ?? property.Value : property.Value;
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
            }

            writer.WriteString("provisioningStatus", "disabled");
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
