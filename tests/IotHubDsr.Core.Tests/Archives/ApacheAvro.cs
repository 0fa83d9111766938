using Avro;
using Avro.File;
using Avro.Generic;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Avro files written and read by Apache's library, the peer that must agree with us.</summary>
internal static class ApacheAvro
{
    public const string RoutedSchema = """
        {"type":"record","name":"Message","namespace":"Microsoft.Azure.Devices","fields":[{"name":"EnqueuedTimeUtc","type":"string"},
        {"name":"Properties","type":{"type":"map","values":"string"}},{"name":"SystemProperties","type":{"type":"map","values":"string"}},
        {"name":"Body","type":["null","bytes"]}]}
        """;

    public static byte[] Write(IEnumerable<Message> messages, bool deflate = false, int syncEvery = 7)
    {
        var schema = (RecordSchema)Schema.Parse(RoutedSchema);
        var codec = Codec.CreateCodec(deflate ? Codec.Type.Deflate : Codec.Type.Null);
        using var stream = new MemoryStream();
        var datums = new GenericDatumWriter<GenericRecord>(schema);
        using (IFileWriter<GenericRecord> writer = DataFileWriter<GenericRecord>.OpenWriter(datums, stream, codec, leaveOpen: true))
        {
            int written = 0;
            foreach (Message message in messages)
            {
                var record = new GenericRecord(schema);
                record.Add("EnqueuedTimeUtc", message.Enqueued);
                record.Add("Properties", message.Properties.ToDictionary(p => p.Key, object (p) => p.Value));
                record.Add("SystemProperties", message.System.ToDictionary(p => p.Key, object (p) => p.Value));
                record.Add("Body", message.Body);
                writer.Append(record);
                if (++written % syncEvery == 0)
                    writer.Sync();
            }
        }

        return stream.ToArray();
    }

    public static List<Message> Read(byte[] file)
    {
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(new MemoryStream(file));
        var messages = new List<Message>();
        while (reader.HasNext())
        {
            GenericRecord record = reader.Next();
            messages.Add(
                new Message(
                    (string)record["EnqueuedTimeUtc"],
                    Texts(record["Properties"]),
                    Texts(record["SystemProperties"]),
                    (byte[]?)record["Body"]
                )
            );
        }

        return messages;
    }

    /// <summary>A message as a text that is equal for equal messages.</summary>
    public static string Describe(Message message) =>
        string.Join(
            '\u0001',
            message.Enqueued,
            Describe(message.Properties),
            Describe(message.System),
            message.Body is null ? "none" : Convert.ToHexString(message.Body)
        );

    private static string Describe(IReadOnlyList<(string Key, string Value)> properties) =>
        string.Join('\u0002', properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}\u0003{p.Value}"));

    public static (string, string)[] Texts(object map) =>
        [.. ((IDictionary<string, object>)map).Where(p => p.Value is string).Select(p => (p.Key, (string)p.Value))];
}
