using System.Globalization;
using Avro;
using Avro.File;
using Avro.Generic;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Files as Event Hubs Capture writes them: values of both maps are unions, and the hub's annotations lie in either.</summary>
internal static class CaptureFile
{
    private const string EventSchema = """
        {"type":"record","name":"EventData","namespace":"Microsoft.ServiceBus.Messaging","fields":[
        {"name":"SequenceNumber","type":"long"},{"name":"Offset","type":"string"},{"name":"EnqueuedTimeUtc","type":"string"},
        {"name":"SystemProperties","type":{"type":"map","values":["long","double","string","bytes"]}},
        {"name":"Properties","type":{"type":"map","values":["long","double","string","bytes","null"]}},
        {"name":"Body","type":["null","bytes"]}]}
        """;

    public static byte[] Write(IEnumerable<Message> messages, int seed, int syncEvery = 9)
    {
        var random = new Random(seed);
        var schema = (RecordSchema)Schema.Parse(EventSchema);
        using var stream = new MemoryStream();
        using (
            IFileWriter<GenericRecord> writer = DataFileWriter<GenericRecord>.OpenWriter(
                new GenericDatumWriter<GenericRecord>(schema),
                stream,
                Codec.CreateCodec(Codec.Type.Null),
                leaveOpen: true
            )
        )
        {
            long number = 0L;
            foreach (Message message in messages)
            {
                var properties = message.Properties.ToDictionary(p => p.Key, object? (p) => p.Value);
                var system = new Dictionary<string, object?>
                {
                    ["x-opt-offset"] = number,
                    ["ratio"] = 0.5,
                    ["raw"] = new byte[] { 1 },
                };
                foreach (string? sender in message.Senders.Take(1))
                    (random.Next(3) == 0 ? properties : system)["iothub-connection-device-id"] = sender;

                var record = new GenericRecord(schema);
                record.Add("SequenceNumber", number++);
                record.Add("Offset", number.ToString(CultureInfo.InvariantCulture));
                record.Add("EnqueuedTimeUtc", message.Enqueued);
                record.Add("SystemProperties", system);
                record.Add("Properties", properties);
                record.Add("Body", message.Body);
                writer.Append(record);
                if (number % syncEvery == 0)
                    writer.Sync();
            }
        }

        return stream.ToArray();
    }

    /// <summary>One event of dev1 for each generation ID, with the hub's annotations in the map of that name.</summary>
    public static byte[] Write(IEnumerable<string> generations, string map)
    {
        var schema = (RecordSchema)Schema.Parse(EventSchema);
        using var stream = new MemoryStream();
        using (
            IFileWriter<GenericRecord> writer = DataFileWriter<GenericRecord>.OpenWriter(
                new GenericDatumWriter<GenericRecord>(schema),
                stream,
                Codec.CreateCodec(Codec.Type.Null),
                leaveOpen: true
            )
        )
        {
            foreach (string generation in generations)
            {
                var annotations = new Dictionary<string, object?> { ["iothub-connection-device-id"] = "dev1" };
                if (generation.Length > 0)
                    annotations["iothub-connection-auth-generation-id"] = generation;
                var record = new GenericRecord(schema);
                record.Add("SequenceNumber", 1L);
                record.Add("Offset", "1");
                record.Add("EnqueuedTimeUtc", "3/1/2026 12:00:00 PM");
                record.Add("SystemProperties", map == "SystemProperties" ? annotations : []);
                record.Add("Properties", map == "Properties" ? annotations : []);
                record.Add("Body", null);
                writer.Append(record);
            }
        }

        return stream.ToArray();
    }

    /// <summary>One event with these two maps.</summary>
    public static byte[] WriteOne(Dictionary<string, object?> system, Dictionary<string, object?> properties)
    {
        var schema = (RecordSchema)Schema.Parse(EventSchema);
        using var stream = new MemoryStream();
        using (
            IFileWriter<GenericRecord> writer = DataFileWriter<GenericRecord>.OpenWriter(
                new GenericDatumWriter<GenericRecord>(schema),
                stream,
                Codec.CreateCodec(Codec.Type.Null),
                leaveOpen: true
            )
        )
        {
            var record = new GenericRecord(schema);
            record.Add("SequenceNumber", 1L);
            record.Add("Offset", "1");
            record.Add("EnqueuedTimeUtc", "2/3/2026 4:05:06 AM");
            record.Add("SystemProperties", system);
            record.Add("Properties", properties);
            record.Add("Body", null);
            writer.Append(record);
        }

        return stream.ToArray();
    }

    public static IReadOnlyList<Message> Read(byte[] file)
    {
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(new MemoryStream(file));
        var messages = new List<Message>();
        while (reader.HasNext())
        {
            GenericRecord record = reader.Next();
            (string, string)[] properties = ApacheAvro.Texts(record["Properties"]);
            messages.Add(
                new Message(
                    (string)record["EnqueuedTimeUtc"],
                    properties,
                    [
                        .. ApacheAvro.Texts(record["SystemProperties"]),
                        // What the hub notes overrules what a sender calls by the same name.
                        .. NaiveMatching.Senders(new Message("", [], ApacheAvro.Texts(record["SystemProperties"]), null)).Count > 0
                            ? []
                            : properties.Where(p => p.Item1 is "iothub-connection-device-id"),
                    ],
                    (byte[]?)record["Body"]
                )
            );
        }

        return messages;
    }
}
