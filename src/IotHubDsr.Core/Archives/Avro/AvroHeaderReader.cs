namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Reads a header piece by piece, as its length is only known at its end, and takes nothing from the source.</summary>
internal sealed class AvroHeaderReader(ArchiveSource source)
{
    public int Position { get; private set; }

    /// <summary>Starts the next block of the metadata map. The byte size that may come with it only helps readers that skip.</summary>
    public async ValueTask<long> ReadCountAsync(CancellationToken cancellationToken)
    {
        long count = await ReadLongAsync(cancellationToken);
        if (count >= 0)
            return count;

        await ReadLongAsync(cancellationToken);
        return count != long.MinValue ? -count : throw Bad("the metadata has an impossible number of entries");
    }

    public async ValueTask<byte[]> ReadBytesAsync(CancellationToken cancellationToken) =>
        await ReadAsync(await ReadLongAsync(cancellationToken), cancellationToken);

    public async ValueTask<byte[]> ReadAsync(long length, CancellationToken cancellationToken)
    {
        if (length < 0 || length > source.Limits.MaxHeaderBytes - Position)
            throw Bad($"a length is negative, or the header longer than {source.Limits.MaxHeaderBytes} bytes");

        if (!await source.FillAsync(Position + (int)length, cancellationToken))
            throw Truncated();

        byte[] bytes = source.Unread.Slice(Position, (int)length).ToArray();
        Position += (int)length;
        return bytes;
    }

    private async ValueTask<long> ReadLongAsync(CancellationToken cancellationToken)
    {
        await source.FillAsync(Position + AvroVarint.MaxLength, cancellationToken);
        int used = AvroVarint.Read(source.Unread.Span[Position..], out long value);
        if (used <= 0)
            throw used == 0 ? Truncated() : Bad("a number has more than 64 bits");

        Position += used;
        return value;
    }

    private ArchiveFormatException Bad(string detail) => new(ArchiveFault.BadHeader, source.Offset + Position, detail);

    private ArchiveFormatException Truncated() =>
        new(ArchiveFault.Truncated, source.Offset + source.Unread.Length, "the file ends within its Avro header");
}
