namespace IotHubDsr.Core.Archives.Avro;

/// <summary>A block as it lies in the source, and its records, inflated.</summary>
/// <param name="Offset">Offset in the file of the block's first byte.</param>
/// <param name="Count">Number of records.</param>
/// <param name="Raw">Count, size, payload and sync marker.</param>
/// <param name="Records">The records, one after another.</param>
/// <param name="RecordsOffset">Offset in the file of the records, or of the block where they had to be inflated.</param>
internal readonly record struct AvroBlock(
    long Offset,
    long Count,
    ReadOnlyMemory<byte> Raw,
    ReadOnlyMemory<byte> Records,
    long RecordsOffset
);

/// <summary>Brings whole blocks into the source's window and checks their frame. A block is valid until the next one is read.</summary>
internal sealed class AvroBlockReader(ArchiveSource source, AvroHeader header, AvroCodec codec)
{
    /// <summary>The next block, left unread in the source; null at the end of the file.</summary>
    public async ValueTask<AvroBlock?> PeekAsync(CancellationToken cancellationToken)
    {
        if (!await source.FillAsync(1, cancellationToken))
            return null;

        await source.FillAsync(2 * AvroVarint.MaxLength, cancellationToken);
        int frame = ReadFrame(source.Unread.Span, out long count, out int size);
        if (!await source.FillAsync(frame + size + AvroHeader.SyncLength, cancellationToken))
            throw Truncated();

        ReadOnlyMemory<byte> raw = source.Unread[..(frame + size + AvroHeader.SyncLength)];
        if (!raw.Span[^AvroHeader.SyncLength..].SequenceEqual(header.SyncMarker))
            throw Fault(ArchiveFault.BadSyncMarker, frame + size, "the block does not end with the file's sync marker");

        if (!TryDecode(raw.Slice(frame, size), out ReadOnlyMemory<byte> records))
        {
            await source.Share.EnlargeAsync(cancellationToken);
            codec.MaxBytes = source.Limits.MaxBlockBytes;
            TryDecode(raw.Slice(frame, size), out records);
        }

        if (count > records.Length)
            throw Fault(ArchiveFault.BadBlock, 0, "the block claims more records than it has bytes");

        return new AvroBlock(source.Offset, count, raw, records, codec.IsIdentity ? source.Offset + frame : source.Offset);
    }

    private int ReadFrame(ReadOnlySpan<byte> bytes, out long count, out int size)
    {
        if (bytes.StartsWith(AvroHeader.Magic))
            throw Fault(ArchiveFault.ConcatenatedFile, 0, "a second Avro file begins");

        int countLength = Frame(AvroVarint.Read(bytes, out count));
        int sizeLength = Frame(AvroVarint.Read(bytes[countLength..], out long longSize));
        if (count < 0 || longSize < 0)
            throw Fault(ArchiveFault.BadBlock, 0, "the block has a negative count or size");

        if (longSize > source.Limits.MaxBlockBytes)
            throw Fault(ArchiveFault.BadBlock, 0, $"the block claims more than {source.Limits.MaxBlockBytes} bytes");

        size = (int)longSize;
        return countLength + sizeLength;
    }

    private int Frame(int used) =>
        used switch
        {
            > 0 => used,
            0 => throw Truncated(),
            _ => throw Fault(ArchiveFault.BadBlock, 0, "the block's count or size has more than 64 bits"),
        };

    /// <summary>
    /// False if the block needs more than each reader has, and the blob may have more. It waits for nothing, so that a block costs no
    /// state machine.
    /// </summary>
    private bool TryDecode(ReadOnlyMemory<byte> payload, out ReadOnlyMemory<byte> records)
    {
        codec.MaxBytes = Math.Min(codec.MaxBytes, source.Limits.MaxBlockBytes);
        records = default;
        try
        {
            records = codec.Decode(payload);
            return true;
        }
        catch (BlockTooLargeException) when (codec.MaxBytes < source.Limits.MaxBlockBytes)
        {
            return false;
        }
        catch (Exception e) when (e is InvalidDataException or BlockTooLargeException)
        {
            throw NotDecoded(e);
        }
    }

    private ArchiveFormatException NotDecoded(Exception e) =>
        new(ArchiveFault.BadBlock, source.Offset, $"the block cannot be decompressed: {e.Message}", e);

    private ArchiveFormatException Fault(ArchiveFault fault, int position, string detail) => new(fault, source.Offset + position, detail);

    private ArchiveFormatException Truncated() =>
        new(ArchiveFault.Truncated, source.Offset, "the file ends within the block that begins there");
}
