namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Records as JSON lines: routed messages, Azure Monitor's logs, tables exported from a workspace. A rewrite leaves out whole lines with
/// their line endings; all other bytes, blank lines and a byte order mark included, are copied as they are.
/// </summary>
internal sealed class JsonLinesFormat : ArchiveFormat
{
    public override string Name => "JsonLines";

    protected override async Task WalkAsync(ArchiveSource source, RecordPass pass, CancellationToken cancellationToken)
    {
        var walker = new JsonLinesWalker(pass, source.Limits.MaxBlockBytes);
        int searched = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int lines = source.Unread[searched..].Span.LastIndexOf((byte)'\n') + 1;
            lines =
                source.Ended ? source.Unread.Length
                : lines > 0 ? searched + lines
                : 0;
            if (lines > 0)
            {
                await PassOnAsync(source, walker, source.Unread[..lines], pass, cancellationToken);
                source.Take(lines);
            }
            else if (source.Ended)
            {
                return;
            }

            searched = source.Unread.Length;
            if (searched > source.Limits.MaxBlockBytes)
                throw walker.TooLong(source.Offset);

            await source.FillAsync(searched + 1, cancellationToken);
        }
    }

    private static async ValueTask PassOnAsync(
        ArchiveSource source,
        JsonLinesWalker walker,
        ReadOnlyMemory<byte> lines,
        RecordPass pass,
        CancellationToken cancellationToken
    )
    {
        foreach (Range range in walker.Walk(lines.Span, source.Offset))
        {
            ReadOnlyMemory<byte> kept = lines[range];
            pass.Digest(kept.Span);
            await pass.KeepAsync(source.Offset + range.Start.Value, kept, cancellationToken);
        }
    }
}
