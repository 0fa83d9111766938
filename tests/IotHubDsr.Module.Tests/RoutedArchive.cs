using System.Text;
using System.Text.Json;
using Avro.File;
using Avro.Generic;

namespace IotHubDsr.Module.Tests;

/// <summary>A record of a routed blob: who it is about, and a text that is equal for equal records.</summary>
internal sealed record ArchivedRecord(string Sender, IReadOnlyList<string> AttributedTo, string Source, string Content)
{
    public bool IsOf(string deviceId) => Sender == deviceId || AttributedTo.Contains(deviceId, StringComparer.Ordinal);
}

/// <summary>Reads routed blobs by means that the product does not use.</summary>
internal static class RoutedArchive
{
    private static readonly string[] AttributingProperties = ["deviceId", "ConnectionDeviceId"];

    /// <summary>The records of every current blob of a container, by the name of the blob.</summary>
    public static Dictionary<string, List<ArchivedRecord>> Read(SandboxControl sandbox, ContainerTruth container) =>
        sandbox
            .Blobs(container.Account, container.Container)
            .Where(blob => blob.Sha256 is not null)
            .ToDictionary(
                blob => blob.Name,
                blob => Read(sandbox.ReadBlob(container.Account, container.Container, blob.Name), container.Encoding),
                StringComparer.Ordinal
            );

    public static List<ArchivedRecord> Read(byte[] blob, string encoding) =>
        blob.Length == 0 ? []
        : string.Equals(encoding, "Json", StringComparison.OrdinalIgnoreCase) ? ReadLines(blob)
        : ReadAvro(blob);

    private static List<ArchivedRecord> ReadLines(byte[] blob)
    {
        var records = new List<ArchivedRecord>();
        foreach (string line in Encoding.UTF8.GetString(blob).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            records.Add(
                Record(
                    Texts(document.RootElement.GetProperty("SystemProperties")),
                    Texts(document.RootElement.GetProperty("Properties")),
                    line
                )
            );
        }

        return records;
    }

    private static List<ArchivedRecord> ReadAvro(byte[] blob)
    {
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(new MemoryStream(blob));
        var records = new List<ArchivedRecord>();
        while (reader.HasNext())
        {
            GenericRecord record = reader.Next();
            var system = (IDictionary<string, object>)record["SystemProperties"];
            var properties = (IDictionary<string, object>)record["Properties"];
            string content = string.Join(
                '\u0001',
                [
                    $"{record["EnqueuedTimeUtc"]}",
                    .. Describe(system),
                    "\u0002",
                    .. Describe(properties),
                    Convert.ToHexString((byte[])record["Body"]),
                ]
            );
            records.Add(Record(Texts(system), Texts(properties), content));
        }

        return records;
    }

    private static ArchivedRecord Record(Dictionary<string, string> system, Dictionary<string, string> properties, string content)
    {
        string sender = system["connectionDeviceId"];
        List<string> attributed =
        [
            .. AttributingProperties
                .Select(name => properties.GetValueOrDefault(name))
                .OfType<string>()
                .Where(device => device != sender)
                .Distinct(StringComparer.Ordinal),
        ];
        return new ArchivedRecord(sender, attributed, system["iothub-message-source"], content);
    }

    private static Dictionary<string, string> Texts(JsonElement map) =>
        map.EnumerateObject().ToDictionary(property => property.Name, property => $"{property.Value}", StringComparer.Ordinal);

    private static Dictionary<string, string> Texts(IDictionary<string, object> map) =>
        map.ToDictionary(property => property.Key, property => $"{property.Value}", StringComparer.Ordinal);

    private static IEnumerable<string> Describe(IDictionary<string, object> map) =>
        map.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"{property.Key}={property.Value}");
}
