namespace IotHubDsr.Core.Archives.Avro;

/// <summary>
/// Avro object container files: routed messages, as IoT Hub's encodings Avro and AvroDeflate write them, and Event Hubs' captures. A
/// rewrite copies the header and every block that stays whole as they are, and rebuilds only blocks that lose a record; a block that loses
/// all is left out.
/// </summary>
internal sealed class AvroFormat : ArchiveFormat
{
    public override string Name => "Avro";

    protected override async Task WalkAsync(ArchiveSource source, RecordPass pass, CancellationToken cancellationToken)
    {
        AvroHeader header = await AvroHeader.PeekAsync(source, cancellationToken);
        using AvroCodec codec = AvroCodec.ForName(header.CodecName, source.Share)
            ?? throw new ArchiveFormatException(ArchiveFault.UnknownCodec, source.Offset, "the file's codec is unknown");
        await PassOnAsync(source, header.Length, pass, cancellationToken);

        var blocks = new AvroBlockReader(source, header, codec);
        var walker = new AvroBlockWalker(header, codec, pass);
        while (await blocks.PeekAsync(cancellationToken) is { } block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (walker.Walk(block))
                await pass.KeepAsync(block.Offset, block.Raw, cancellationToken);
            else if (walker.TakeRemade() is { Length: > 0 } remade)
                await pass.ReplaceAsync(remade, cancellationToken);

            source.Take(block.Raw.Length);
        }
    }

    private static async ValueTask PassOnAsync(ArchiveSource source, int length, RecordPass pass, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes = source.Unread[..length];
        pass.Digest(bytes.Span);
        await pass.KeepAsync(source.Offset, bytes, cancellationToken);
        source.Take(length);
    }
}
