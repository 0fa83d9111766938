using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Writes an Avro object container file in the schema that IoT Hub uses for routed messages. A block ends after a given number
/// of messages, so that files have several.
/// </summary>
internal sealed class AvroFileWriter(bool deflate, int messagesPerBlock)
{
    private const string Schema =
        """{"type":"record","name":"Message","namespace":"Microsoft.Azure.Devices","fields":["""
        + """{"name":"EnqueuedTimeUtc","type":"string"},"""
        + """{"name":"Properties","type":{"type":"map","values":"string"}},"""
        + """{"name":"SystemProperties","type":{"type":"map","values":"string"}},"""
        + """{"name":"Body","type":["null","bytes"]}]}""";

    private readonly ArrayBufferWriter<byte> _file = new();
    private readonly ArrayBufferWriter<byte> _block = new();

    public ReadOnlyMemory<byte> Write(IReadOnlyList<RoutedMessage> messages)
    {
        // Derived from the content: the same world has the same bytes.
        byte[] sync = SyncMarker(messages);
        WriteHeader(sync);
        foreach (RoutedMessage[] block in messages.Chunk(messagesPerBlock))
        {
            foreach (RoutedMessage? message in block)
                WriteMessage(message);

            byte[] payload = deflate ? Deflate(_block.WrittenSpan) : _block.WrittenSpan.ToArray();
            WriteLong(_file, block.Length);
            WriteLong(_file, payload.Length);
            _file.Write(payload);
            _file.Write(sync);
            _block.ResetWrittenCount();
        }

        return _file.WrittenMemory;
    }

    private static byte[] SyncMarker(IReadOnlyList<RoutedMessage> messages)
    {
        string text = messages.Count == 0 ? "" : $"{messages[0].DeviceId}|{messages[0].Enqueued.UtcTicks}|{messages.Count}";
        return System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];
    }

    private static byte[] Deflate(ReadOnlySpan<byte> data)
    {
        using var compressed = new MemoryStream();
        using (var stream = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(data);

        return compressed.ToArray();
    }

    private static void WriteLong(IBufferWriter<byte> target, long value)
    {
        ulong zigzag = (ulong)((value << 1) ^ (value >> 63));
        Span<byte> span = target.GetSpan(10);
        int count = 0;
        while (zigzag >= 0x80)
        {
            span[count++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }

        span[count++] = (byte)zigzag;
        target.Advance(count);
    }

    private static void WriteText(IBufferWriter<byte> target, string text)
    {
        WriteLong(target, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, target);
    }

    private static void WriteMap(IBufferWriter<byte> target, IReadOnlyCollection<KeyValuePair<string, string>> map)
    {
        if (map.Count > 0)
        {
            WriteLong(target, map.Count);
            foreach ((string? key, string? value) in map)
            {
                WriteText(target, key);
                WriteText(target, value);
            }
        }

        WriteLong(target, 0);
    }

    private void WriteHeader(byte[] sync)
    {
        _file.Write("Obj\x01"u8);
        WriteMap(_file, [new("avro.codec", deflate ? "deflate" : "null"), new("avro.schema", Schema)]);
        _file.Write(sync);
    }

    private void WriteMessage(RoutedMessage message)
    {
        WriteText(_block, message.EnqueuedText);
        WriteMap(_block, message.Properties);
        WriteMap(_block, message.SystemProperties());
        WriteLong(_block, 1);
        WriteLong(_block, message.Body.Length);
        _block.Write(message.Body.Span);
    }
}
