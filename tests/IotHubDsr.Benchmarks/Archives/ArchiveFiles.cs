using System.Buffers;
using System.IO.Compression;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>Files of routed telemetry, made in memory from a seed.</summary>
internal static class ArchiveFiles
{
    private const int Seed = 20_260_301;

    // What Avro's writers put into a block before they close it.
    private const int BlockBytes = 16_000;

    // Deflating is slow: beyond this, a file repeats its blocks, which is far more than any cache keeps.
    private const int DistinctDeflatedBytes = 48 * 1024 * 1024;

    private static readonly byte[] Sync = [.. Enumerable.Range(1, 16).Select(i => (byte)(i * 13))];

    /// <summary>An Avro file of about that size.</summary>
    public static byte[] Avro(int bytes, string codec) => Avro(bytes, codec, new Telemetry(Seed));

    public static byte[] Avro(int bytes, string codec, Telemetry telemetry)
    {
        using var file = new MemoryStream(bytes + BlockBytes * 2);
        WriteHeader(file, codec);
        int header = (int)file.Length;
        var records = new ArrayBufferWriter<byte>(BlockBytes * 2);
        int distinct = codec == "null" ? bytes : Math.Min(bytes, DistinctDeflatedBytes);
        while (file.Length < distinct)
        {
            records.ResetWrittenCount();
            int count = 0;
            for (; records.WrittenCount < BlockBytes; count++)
                telemetry.WriteAvro(records);
            WriteBlock(file, count, codec == "null" ? records.WrittenSpan : Deflate(records.WrittenSpan));
        }

        byte[] blocks = file.Length < bytes ? file.ToArray()[header..] : [];
        while (file.Length < bytes)
            file.Write(blocks);
        return file.ToArray();
    }

    /// <summary>A file with the JSON array of a diagnostic log, of about that size.</summary>
    public static byte[] JsonArray(int bytes)
    {
        var telemetry = new Telemetry(Seed);
        var file = new ArrayBufferWriter<byte>(bytes + BlockBytes);
        file.Write("["u8);
        while (file.WrittenCount < bytes)
        {
            if (file.WrittenCount > 1)
                file.Write(","u8);
            telemetry.WriteJsonLine(file);
        }

        file.Write("]"u8);
        return file.WrittenSpan.ToArray();
    }

    /// <summary>A file of JSON lines of about that size.</summary>
    public static byte[] JsonLines(int bytes)
    {
        var telemetry = new Telemetry(Seed);
        var file = new ArrayBufferWriter<byte>(bytes + BlockBytes);
        while (file.WrittenCount < bytes)
            telemetry.WriteJsonLine(file);
        return file.WrittenSpan.ToArray();
    }

    private static void WriteHeader(Stream file, string codec)
    {
        var header = new ArrayBufferWriter<byte>();
        header.Write("Obj\u0001"u8);
        Telemetry.WriteLong(header, 2);
        Telemetry.WriteText(header, "avro.codec");
        Telemetry.WriteText(header, codec);
        Telemetry.WriteText(header, "avro.schema");
        Telemetry.WriteText(header, Telemetry.Schema);
        Telemetry.WriteLong(header, 0);
        header.Write(Sync);
        file.Write(header.WrittenSpan);
    }

    private static void WriteBlock(Stream file, int count, ReadOnlySpan<byte> payload)
    {
        var frame = new ArrayBufferWriter<byte>(32);
        Telemetry.WriteLong(frame, count);
        Telemetry.WriteLong(frame, payload.Length);
        file.Write(frame.WrittenSpan);
        file.Write(payload);
        file.Write(Sync);
    }

    private static byte[] Deflate(ReadOnlySpan<byte> records)
    {
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(records);
        return deflated.ToArray();
    }
}
