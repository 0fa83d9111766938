using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Snappier;
using ZstdSharp;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>The blocks of an Avro file under another codec, written and read by the codecs' own libraries.</summary>
internal static class AvroRecoding
{
    public static byte[] Recode(byte[] file, string codec)
    {
        using var reader = new BinaryReader(new MemoryStream(file));
        Check(reader.ReadBytes(4).AsSpan().SequenceEqual("Obj\u0001"u8));
        var metadata = new Dictionary<string, byte[]>();
        for (long count = Long(reader); count != 0; count = Long(reader))
        {
            _ = count < 0 ? Long(reader) : 0;
            for (count = Math.Abs(count); count > 0; count--)
            {
                string key = Encoding.UTF8.GetString(Bytes(reader));
                metadata[key] = Bytes(reader);
            }
        }

        byte[] sync = Exactly(reader, 16);
        string from = metadata.TryGetValue("avro.codec", out byte[]? name) ? Encoding.UTF8.GetString(name) : "null";
        OddAvroWriter written = new OddAvroWriter()
            .Raw("Obj\u0001"u8)
            .Long(2)
            .Text("avro.codec")
            .Text(codec)
            .Text("avro.schema")
            .Bytes(metadata["avro.schema"])
            .Long(0)
            .Raw(sync);
        while (reader.BaseStream.Position < file.Length)
        {
            written.Long(Long(reader)).Bytes(Encode(Decode(Bytes(reader), from), codec)).Raw(sync);
            Check(Exactly(reader, 16).AsSpan().SequenceEqual(sync));
        }

        return written.ToArray();
    }

    private static byte[] Encode(byte[] records, string codec)
    {
        switch (codec)
        {
            case "deflate":
                using (var deflated = new MemoryStream())
                {
                    using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
                        deflate.Write(records);

                    return deflated.ToArray();
                }

            case "snappy":
                byte[] checksum = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.HashToUInt32(records));
                return [.. Snappy.CompressToArray(records), .. checksum];
            case "zstandard":
                using (var compressed = new MemoryStream())
                {
                    // Through a stream, as Avro for Java does it: the frame then does not say how long its content is.
                    using (var zstandard = new CompressionStream(compressed, leaveOpen: true))
                        zstandard.Write(records);

                    return compressed.ToArray();
                }

            default:
                return records;
        }
    }

    private static byte[] Decode(byte[] block, string codec)
    {
        switch (codec)
        {
            case "deflate":
                using (var deflate = new DeflateStream(new MemoryStream(block), CompressionMode.Decompress))
                    return ToEnd(deflate);

            case "snappy":
                byte[] records = Snappy.DecompressToArray(block.AsSpan(0, block.Length - 4));
                Check(Crc32.HashToUInt32(records) == BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(block.Length - 4)));
                return records;
            case "zstandard":
                using (var zstandard = new DecompressionStream(new MemoryStream(block)))
                    return ToEnd(zstandard);

            default:
                return block;
        }
    }

    private static byte[] ToEnd(Stream decoder)
    {
        using var bytes = new MemoryStream();
        decoder.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static long Long(BinaryReader reader)
    {
        ulong bits = (ulong)reader.Read7BitEncodedInt64();
        return (long)(bits >> 1) ^ -(long)(bits & 1);
    }

    private static byte[] Bytes(BinaryReader reader) => Exactly(reader, Long(reader));

    private static byte[] Exactly(BinaryReader reader, long length)
    {
        Check(length >= 0 && length <= reader.BaseStream.Length - reader.BaseStream.Position);
        return reader.ReadBytes((int)length);
    }

    private static void Check(bool holds)
    {
        if (!holds)
            throw new InvalidDataException("no Avro file");
    }
}
