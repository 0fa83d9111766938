using System.Text;
using Avro.File;
using Avro.Generic;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>Writes the records of blobs again, as a job of somebody else's does.</summary>
internal static class Recoding
{
    /// <summary>One blob with the records of several; byte for byte as they were.</summary>
    public static byte[] Join(PlaceKind kind, IEnumerable<ReadOnlyMemory<byte>> contents) =>
        Write(kind, contents, _ => true, isReversed: false);

    /// <summary>The blob without some of its records, by their place in it.</summary>
    public static byte[] Without(PlaceKind kind, ReadOnlyMemory<byte> content, IReadOnlySet<int> left) =>
        Write(kind, [content], index => !left.Contains(index), isReversed: false);

    /// <summary>The blob with its records in another order.</summary>
    public static byte[] Reverse(PlaceKind kind, ReadOnlyMemory<byte> content) => Write(kind, [content], _ => true, isReversed: true);

    private static byte[] Write(PlaceKind kind, IEnumerable<ReadOnlyMemory<byte>> contents, Func<int, bool> isKept, bool isReversed)
    {
        ReadOnlyMemory<byte>[] all = [.. contents];
        if (kind == PlaceKind.Messages && all.Any(IsAvro))
            return WriteAvro([.. all.Where(IsAvro)], isKept, isReversed);
        IEnumerable<string> records = all.SelectMany(content => FoundRecord.In(kind, string.Empty, content))
            .Where((_, index) => isKept(index))
            .Select(record => record.Text);
        if (isReversed)
            records = records.Reverse();
        return Encoding.UTF8.GetBytes(
            kind == PlaceKind.DeadLetters ? $"[{string.Join(',', records)}]" : string.Concat(records.Select(record => record + "\n"))
        );
    }

    private static bool IsAvro(ReadOnlyMemory<byte> content) => content.Span.StartsWith("Obj\x01"u8);

    private static byte[] WriteAvro(IReadOnlyList<ReadOnlyMemory<byte>> contents, Func<int, bool> isKept, bool isReversed)
    {
        using var target = new MemoryStream();
        using var first = new MemoryStream(contents[0].ToArray());
        using IFileReader<GenericRecord> header = DataFileReader<GenericRecord>.OpenReader(first);
        bool isDeflated = Encoding.UTF8.GetString(header.GetMeta("avro.codec") ?? []) == "deflate";
        var datums = new GenericDatumWriter<GenericRecord>(header.GetSchema());
        var codec = Codec.CreateCodec(isDeflated ? Codec.Type.Deflate : Codec.Type.Null);
        IEnumerable<GenericRecord> records = contents.SelectMany(Records).Where((_, index) => isKept(index));
        using (IFileWriter<GenericRecord> writer = DataFileWriter<GenericRecord>.OpenWriter(datums, target, codec, leaveOpen: true))
        {
            foreach (GenericRecord record in isReversed ? records.Reverse() : records)
                writer.Append(record);
        }

        return target.ToArray();
    }

    private static List<GenericRecord> Records(ReadOnlyMemory<byte> content)
    {
        using var stream = new MemoryStream(content.ToArray());
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(stream);
        var records = new List<GenericRecord>();
        while (reader.HasNext())
            records.Add(reader.Next());
        return records;
    }
}
