namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Records as one JSON array, or as objects that run over several lines: Event Grid's dead letters. A rewrite leaves out objects, of
/// an array together with the comma that joined them to their neighbour, so that what stays is an array again; all other bytes are
/// copied as they are.
/// </summary>
internal sealed class JsonDocumentFormat : ArchiveFormat
{
    public override string Name => "Json";

    protected override async Task WalkAsync(ArchiveSource source, RecordPass pass, CancellationToken cancellationToken)
    {
        var walker = new JsonDocumentWalker(pass, source.Limits.MaxBlockBytes);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool ended = source.Ended;
            ReadOnlyMemory<byte> bytes = source.Unread;
            IReadOnlyList<Range> kept = walker.Walk(bytes.Span, source.Offset, ended, out int taken);
            foreach (Range range in kept)
            {
                pass.Digest(bytes.Span[range]);
                await pass.KeepAsync(source.Offset + range.Start.Value, bytes[range], cancellationToken);
            }

            source.Take(taken);
            if (ended)
                return;

            if (source.Unread.Length > source.Limits.MaxBlockBytes)
                throw walker.TooLong(source.Offset);

            await source.FillAsync(source.Unread.Length + 1, cancellationToken);
        }
    }
}
