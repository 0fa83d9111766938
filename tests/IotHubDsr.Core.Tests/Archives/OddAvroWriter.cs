using System.Text;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>
/// Writes Avro as the specification allows and no common library does: maps in several blocks with and without byte sizes,
/// repeated keys, numbers longer than they need be, any schema.
/// </summary>
internal sealed class OddAvroWriter
{
    public static readonly byte[] Sync = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public static byte[] File(string schema, string codec, params (long Count, byte[] Payload)[] blocks)
    {
        OddAvroWriter file = new OddAvroWriter()
            .Raw("Obj\u0001"u8)
            .Long(2)
            .Text("avro.codec")
            .Text(codec)
            .Text("avro.schema")
            .Text(schema)
            .Long(0)
            .Raw(Sync);
        foreach ((long count, byte[]? payload) in blocks)
            file.Long(count).Long(payload.Length).Raw(payload).Raw(Sync);

        return file.ToArray();
    }

    public static byte[] RoutedFile(params byte[][] records) =>
        File(ApacheAvro.RoutedSchema, "null", (records.Length, [.. records.SelectMany(record => record)]));

    public static byte[] RoutedRecord(Action<OddAvroWriter> properties, Action<OddAvroWriter> systemProperties)
    {
        OddAvroWriter record = new OddAvroWriter().Text("2026-03-01T10:00:00Z");
        properties(record);
        systemProperties(record);
        return record.Long(1).Bytes("body"u8.ToArray()).ToArray();
    }

    public OddAvroWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public OddAvroWriter Long(long value, int padding = 0)
    {
        ulong bits = (ulong)((value << 1) ^ (value >> 63));
        for (; bits >= 0x80 || padding > 0; bits >>= 7)
        {
            padding -= bits < 0x80 ? 1 : 0;
            _bytes.WriteByte((byte)(bits | 0x80));
        }

        _bytes.WriteByte((byte)bits);
        return this;
    }

    public OddAvroWriter Bytes(byte[] bytes) => Long(bytes.Length).Raw(bytes);

    public OddAvroWriter Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>One block of a map, with its byte size if wanted.</summary>
    public OddAvroWriter MapBlock(bool sized, params (string Key, string Value)[] entries)
    {
        var content = new OddAvroWriter();
        foreach ((string? key, string? value) in entries)
            content.Text(key).Text(value);

        byte[] bytes = content.ToArray();
        return sized ? Long(-entries.Length).Long(bytes.Length).Raw(bytes) : Long(entries.Length).Raw(bytes);
    }

    public OddAvroWriter EndMap() => Long(0);
}
