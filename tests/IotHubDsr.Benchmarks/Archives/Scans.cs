using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Avro.File;
using Avro.Generic;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Archives.Avro;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>The contenders: each reads a whole file in memory and returns how many messages the one device has in it.</summary>
internal static class Scans
{
    private static readonly byte[] OneDevice = Encoding.UTF8.GetBytes(Telemetry.OneDevice);

    public static async Task<long> OursAsync(byte[] file, SubjectIndex subjects)
    {
        using var source = new ArchiveSource(file);
        IArchiveFormat format = await ArchiveFormats.DetectAsync(source, CancellationToken.None);
        ArchiveScan scan = await format.ScanAsync(source, new ScanRequest(subjects), CancellationToken.None);
        return scan.Subjects.Sum(subject => subject.Own.Records);
    }

    public static long Apache(byte[] file)
    {
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(new MemoryStream(file));
        long found = 0;
        while (reader.HasNext())
        {
            var system = (IDictionary<string, object>)reader.Next()["SystemProperties"];
            found += system.TryGetValue("connectionDeviceId", out object? id) && (string)id == Telemetry.OneDevice ? 1 : 0;
        }

        return found;
    }

    public static long IndexOf(byte[] file)
    {
        long found = 0;
        ReadOnlySpan<byte> rest = file;
        for (int at; (at = rest.IndexOf(OneDevice)) >= 0; rest = rest[(at + OneDevice.Length)..])
            found++;
        return found;
    }

    public static long Utf8Reader(byte[] file)
    {
        long found = 0;
        ReadOnlySpan<byte> rest = file;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("connectionDeviceId"u8))
                {
                    reader.Read();
                    found += reader.ValueTextEquals(OneDevice) ? 1 : 0;
                }
            }
        }

        return found;
    }

    /// <summary>
    /// Reads an array as it arrives, piece by piece with the state of the reader, as a program does that does not hold a file in memory.
    /// </summary>
    public static long Utf8ReaderInPieces(byte[] file, int piece)
    {
        long found = 0;
        var state = default(JsonReaderState);
        bool isId = false;
        for (int at = 0; at < file.Length; )
        {
            int end = Math.Min(file.Length, at + piece);
            var reader = new Utf8JsonReader(file.AsSpan(at..end), isFinalBlock: end == file.Length, state);
            while (reader.Read())
            {
                if (isId)
                    found += reader.ValueTextEquals(OneDevice) ? 1 : 0;
                isId = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("connectionDeviceId"u8);
            }

            at += (int)reader.BytesConsumed;
            state = reader.CurrentState;
        }

        return found;
    }

    /// <summary>Inflates every block and does nothing with it.</summary>
    public static long Inflate(byte[] file, IReadOnlyList<AvroBlock> blocks, byte[] buffer)
    {
        long length = 0;
        foreach (AvroBlock block in blocks)
        {
            (int offset, int count) = block.Payload.GetOffsetAndLength(file.Length);
            using var inflate = new DeflateStream(new MemoryStream(file, offset, count), CompressionMode.Decompress);
            int read;
            while ((read = inflate.Read(buffer)) != 0)
                length += read;
        }

        return length;
    }

    /// <summary>The blocks of an Avro file.</summary>
    public static async Task<IReadOnlyList<AvroBlock>> BlocksAsync(byte[] file)
    {
        using var source = new ArchiveSource(file);
        AvroHeader header = await AvroHeader.PeekAsync(source, CancellationToken.None);
        var blocks = new List<AvroBlock>();
        for (int at = header.Length; at < file.Length; )
        {
            at += AvroVarint.Read(file.AsSpan(at), out long records);
            at += AvroVarint.Read(file.AsSpan(at), out long size);
            blocks.Add(new AvroBlock(records, at..(at + (int)size)));
            at += (int)size + header.SyncMarker.Length;
        }

        return blocks;
    }
}

/// <summary>A block of an Avro file.</summary>
/// <param name="Records">How many records are in it.</param>
/// <param name="Payload">Where they lie.</param>
internal readonly record struct AvroBlock(long Records, Range Payload);
