using System.Text;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>What an Avro file says about itself ahead of its blocks.</summary>
internal sealed record AvroHeader(int Length, AvroMessageLayout Layout, string CodecName, byte[] SyncMarker)
{
    public const int SyncLength = 16;

    public static ReadOnlySpan<byte> Magic => "Obj\x01"u8;

    /// <summary>Reads the header and leaves it unread in the source, as a rewrite copies it byte for byte.</summary>
    public static async ValueTask<AvroHeader> PeekAsync(ArchiveSource source, CancellationToken cancellationToken)
    {
        var reader = new AvroHeaderReader(source);
        await reader.ReadAsync(Magic.Length, cancellationToken);
        ReadOnlyMemory<byte> schema = ReadOnlyMemory<byte>.Empty;
        string codec = "null";
        for (
            long count = await reader.ReadCountAsync(cancellationToken);
            count != 0;
            count = await reader.ReadCountAsync(cancellationToken)
        )
        {
            for (; count > 0; count--)
            {
                string key = Encoding.UTF8.GetString(await reader.ReadBytesAsync(cancellationToken));
                byte[] value = await reader.ReadBytesAsync(cancellationToken);
                switch (key)
                {
                    case "avro.schema":
                        schema = value;
                        break;
                    case "avro.codec":
                        codec = Encoding.UTF8.GetString(value);
                        break;
                }
            }
        }

        byte[] sync = await reader.ReadAsync(SyncLength, cancellationToken);
        return new AvroHeader(reader.Position, Compile(schema, source.Offset), codec, sync);
    }

    private static AvroMessageLayout Compile(ReadOnlyMemory<byte> schema, long offset)
    {
        try
        {
            return AvroMessageLayout.Compile(AvroSchemaReader.Parse(schema));
        }
        catch (InvalidDataException e)
        {
            throw new ArchiveFormatException(
                ArchiveFault.UnknownSchema,
                offset,
                $"the schema is not that of routed messages: {e.Message}",
                e
            );
        }
    }
}
