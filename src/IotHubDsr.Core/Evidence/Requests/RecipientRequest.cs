using System.Globalization;
using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>
/// A request to erase that is handed to a recipient, in the shape of OpenDSR 2.0. One file asks one recipient for all devices: a request can
/// have many identities. Its ID is random, so that its digest tells nobody which devices it names.
/// </summary>
internal static class RecipientRequest
{
    private const string Version = "2.0";

    /// <summary>The closest of the specification's types: whoever received data by the hub's events knows the device by its ID.</summary>
    private const string IdentityType = "controller_customer_id";

    /// <param name="deviceIds">The devices.</param>
    /// <param name="receivedAt">When the person asked.</param>
    /// <param name="options">How devices are named, and where the recipient reports.</param>
    public static byte[] Write(IReadOnlyList<string> deviceIds, DateTimeOffset receivedAt, RecipientOptions options)
    {
        using var file = new MemoryStream();
        using (var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("regulation"u8, "gdpr"u8);
            writer.WriteString("subject_request_id"u8, Guid.NewGuid());
            writer.WriteString("subject_request_type"u8, "erasure"u8);
            writer.WriteString(
                "submitted_time"u8,
                receivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            );
            writer.WriteStartArray("subject_identities"u8);
            foreach (string deviceId in deviceIds)
            {
                writer.WriteStartObject();
                writer.WriteString("identity_type"u8, IdentityType);
                writer.WriteString("identity_value"u8, options.NamesDevices ? deviceId : Digests.HexOf(Encoding.UTF8.GetBytes(deviceId)));
                writer.WriteString("identity_format"u8, options.NamesDevices ? "raw"u8 : "sha256"u8);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("api_version"u8, Version);
            if (options.StatusCallbackUrls.Count > 0)
            {
                writer.WriteStartArray("status_callback_urls"u8);
                foreach (Uri url in options.StatusCallbackUrls)
                    writer.WriteStringValue(url.AbsoluteUri);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return file.ToArray();
    }
}
