using IotHubDsr.Core.Archives.Avro;
using IotHubDsr.Core.Archives.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Archives;

/// <summary>Tells formats apart by content: IoT Hub's file names carry an extension only if the operator typed one.</summary>
internal static class ArchiveFormats
{
    private static readonly EmptyFormat Empty = new();
    private static readonly AvroFormat Avro = new();
    private static readonly JsonLinesFormat JsonLines = new();
    private static readonly JsonDocumentFormat JsonDocument = new();

    private static ReadOnlySpan<byte> Utf8Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>Detects the format of a file, which may be compressed as a whole, and scans it.</summary>
    public static async Task<ArchiveScan> ScanAsync(
        Stream file,
        ScanRequest request,
        CancellationToken cancellationToken,
        ArchiveLimits? limits = null,
        ReadingShare? share = null
    )
    {
        using var source = new ArchiveSource(file, limits, share);
        if (await ContentCoding.DetectAsync(source, cancellationToken) is not { } coding)
        {
            IArchiveFormat format = await DetectAsync(source, cancellationToken);
            return await format.ScanAsync(source, request, cancellationToken);
        }

        await using Stream content = coding.Decode(source);
        using var decoded = new ArchiveSource(content, limits, source.Share);
        IArchiveFormat inner = await DetectAsync(decoded, cancellationToken);
        ArchiveScan scan = await inner.ScanAsync(decoded, request, cancellationToken);
        return scan with { BytesRead = source.Offset };
    }

    /// <summary>Detects the format of a file and writes it again without the selected records.</summary>
    public static Task<ArchiveRewrite> RewriteAsync(
        Stream file,
        Stream destination,
        RecordSelection selection,
        CancellationToken cancellationToken,
        ArchiveLimits? limits = null
    ) => RewriteAsync(file, new StreamTarget(destination), selection, cancellationToken, limits);

    /// <summary>
    /// Detects the format of a file and writes it again without the selected records, compressed if it was compressed as a whole.
    /// </summary>
    public static async Task<ArchiveRewrite> RewriteAsync(
        Stream file,
        IRewriteTarget target,
        RecordSelection selection,
        CancellationToken cancellationToken,
        ArchiveLimits? limits = null,
        ReadingShare? share = null
    )
    {
        using var source = new ArchiveSource(file, limits, share);
        if (await ContentCoding.DetectAsync(source, cancellationToken) is not { } coding)
        {
            IArchiveFormat format = await DetectAsync(source, cancellationToken);
            return await format.RewriteAsync(source, target, selection, cancellationToken);
        }

        await using Stream content = coding.Decode(source);
        using var decoded = new ArchiveSource(content, limits, source.Share);
        IArchiveFormat inner = await DetectAsync(decoded, cancellationToken);
        var encoder = new EncodingTarget(target, coding);
        ArchiveRewrite rewrite;
        await using (encoder)
            rewrite = await inner.RewriteAsync(decoded, encoder, selection, cancellationToken);

        return rewrite with
        {
            BytesRead = source.Offset,
            BytesWritten = encoder.BytesWritten,
        };
    }

    /// <summary>Looks at the first bytes and takes none of them.</summary>
    public static async ValueTask<IArchiveFormat> DetectAsync(ArchiveSource source, CancellationToken cancellationToken)
    {
        if (!await source.FillAsync(1, cancellationToken))
            return Empty;

        if (await source.FillAsync(AvroHeader.Magic.Length, cancellationToken) && source.Unread.Span.StartsWith(AvroHeader.Magic))
            return Avro;

        for (int wanted = 1; ; wanted = source.Unread.Length + 1)
        {
            bool more = await source.FillAsync(wanted, cancellationToken) && source.Unread.Length <= source.Limits.MaxBlockBytes;
            switch (FirstText(source.Unread.Span))
            {
                case (byte)'{':
                    return await RunsOverLinesAsync(source, cancellationToken) ? JsonDocument : JsonLines;
                case (byte)'[':
                    return JsonDocument;
                case null when more:
                    continue;
                case null when source.Ended:
                    return JsonLines;
                default:
                    throw new ArchiveFormatException(ArchiveFault.NotAnArchive, 0, "not an archive of records");
            }
        }
    }

    /// <summary>Whether the first object has not ended where the first line does. A line that breaks off is a line all the same.</summary>
    private static async ValueTask<bool> RunsOverLinesAsync(ArchiveSource source, CancellationToken cancellationToken)
    {
        int start = source.Unread.Span.IndexOf((byte)'{');
        var extent = new JsonExtent();
        for (int searched = start; ; )
        {
            int line = source.Unread.Span[searched..].IndexOf((byte)'\n');
            if (line >= 0 || source.Ended || source.Unread.Length > source.Limits.MaxBlockBytes)
            {
                int end = line < 0 ? source.Unread.Length : searched + line;
                return !extent.TryFindEnd(source.Unread.Span[start..end], out _) && line >= 0 && !extent.IsInText;
            }

            searched = source.Unread.Length;
            await source.FillAsync(searched + 1, cancellationToken);
        }
    }

    private static byte? FirstText(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.StartsWith(Utf8Bom) ? bytes[Utf8Bom.Length..] : bytes;
        int text = bytes.IndexOfAnyExcept(" \t\r\n"u8);
        return text < 0 ? null : bytes[text];
    }
}
