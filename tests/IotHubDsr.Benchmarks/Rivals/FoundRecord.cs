using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Avro.File;
using Avro.Generic;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>What the blobs of a place are.</summary>
internal enum PlaceKind
{
    /// <summary>Messages that a hub routed, as lines of JSON or in Avro.</summary>
    Messages,

    /// <summary>Resource logs.</summary>
    Logs,

    /// <summary>Events that could not be delivered.</summary>
    DeadLetters,

    /// <summary>Uploaded files, each a record of its own.</summary>
    Files,
}

/// <summary>
/// A record as it stands in a blob, read without the module's readers. Two records are the same when their texts are, byte for byte.
/// </summary>
/// <param name="Text">All that the record holds.</param>
/// <param name="DeviceId">The device that sent it or that it is about; null when there is none.</param>
/// <param name="Generation">The generation of that device, if the record tells it.</param>
/// <param name="Hub">The hub that it comes from, if the record tells it.</param>
internal sealed record FoundRecord(string Text, string? DeviceId, string? Generation = null, string? Hub = null)
{
    /// <summary>Other devices that a gateway sent it for.</summary>
    public IReadOnlyList<string> Attributed { get; init; } = [];

    public static IEnumerable<FoundRecord> In(PlaceKind kind, string blobName, ReadOnlyMemory<byte> content) =>
        kind switch
        {
            PlaceKind.Files => [new($"{blobName} {Convert.ToHexString(SHA256.HashData(content.Span))}", blobName.Split('/')[0])],
            PlaceKind.Logs => Lines(content).Select(LogRow),
            PlaceKind.DeadLetters => Events(content),
            _ when content.Span.StartsWith("Obj\x01"u8) => Avro(content),
            _ => Lines(content).Select(Message),
        };

    private static IEnumerable<string> Lines(ReadOnlyMemory<byte> content) =>
        Encoding.UTF8.GetString(content.Span).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0);

    private static FoundRecord Message(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        return Message(
            line,
            Texts(parsed.RootElement.GetProperty("SystemProperties")),
            Texts(parsed.RootElement.GetProperty("Properties"))
        );
    }

    private static FoundRecord Message(string text, Dictionary<string, string> system, Dictionary<string, string> properties)
    {
        string sender = system["connectionDeviceId"];
        IEnumerable<string?> named = [properties.GetValueOrDefault("deviceId"), properties.GetValueOrDefault("ConnectionDeviceId")];
        return new FoundRecord(text, sender, system.GetValueOrDefault("connectionDeviceGenerationId"))
        {
            Attributed = [.. named.OfType<string>().Where(device => device != sender).Distinct(StringComparer.Ordinal)],
        };
    }

    private static Dictionary<string, string> Texts(JsonElement map) =>
        map.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.ToString(), StringComparer.Ordinal);

    private static IEnumerable<FoundRecord> Avro(ReadOnlyMemory<byte> content)
    {
        using var stream = new MemoryStream(content.ToArray());
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(stream);
        while (reader.HasNext())
        {
            GenericRecord record = reader.Next();
            Dictionary<string, string> system = Texts(record["SystemProperties"]),
                properties = Texts(record["Properties"]);
            string body = record["Body"] is byte[] bytes ? Convert.ToHexString(bytes) : "none";
            yield return Message($"{record["EnqueuedTimeUtc"]} {Sorted(properties)} {Sorted(system)} {body}", system, properties);
        }
    }

    private static Dictionary<string, string> Texts(object map) =>
        ((IDictionary<string, object>)map).ToDictionary(pair => pair.Key, pair => (string)pair.Value, StringComparer.Ordinal);

    private static string Sorted(Dictionary<string, string> map) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(map, StringComparer.Ordinal));

    private static FoundRecord LogRow(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        using var properties = JsonDocument.Parse(parsed.RootElement.GetProperty("properties").GetString()!);
        string? device = properties.RootElement.TryGetProperty(LogRecord.DeviceId, out JsonElement id) ? id.GetString() : null;
        return new FoundRecord(line, device, Hub: HubOf(parsed.RootElement.GetProperty("resourceId").GetString()!));
    }

    private static IEnumerable<FoundRecord> Events(ReadOnlyMemory<byte> content)
    {
        using var parsed = JsonDocument.Parse(content);
        foreach (JsonElement one in parsed.RootElement.EnumerateArray())
        {
            string topic = (one.TryGetProperty("topic", out JsonElement named) ? named : one.GetProperty("source")).GetString()!;
            bool isTelemetry = one.GetProperty("data").TryGetProperty("systemProperties", out JsonElement system);
            string? generation = isTelemetry ? Texts(system).GetValueOrDefault("iothub-connection-auth-generation-id") : null;
            yield return new FoundRecord(one.GetRawText(), one.GetProperty("subject").GetString()!.Split('/')[1], generation, HubOf(topic));
        }
    }

    /// <summary>The last part of a resource ID, in the case that the names of the sandbox have.</summary>
    private static string HubOf(string resource) => resource[(resource.LastIndexOf('/') + 1)..].ToLowerInvariant();
}
