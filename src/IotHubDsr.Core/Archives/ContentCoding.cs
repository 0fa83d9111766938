using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// How a whole file is compressed, regardless of its content: as some tool uploaded it, with or without a Content-Encoding. It is
/// recognized by its first bytes and read through, and a rewrite compresses its result in the same way.
/// </summary>
internal abstract class ContentCoding
{
    private const int MagicLength = 4;

    // Those that are read, in the names that HTTP has for them.
    private static readonly string[] KnownNames = ["", "identity", "gzip", "x-gzip", "zstd"];

    private static readonly GzipCoding Gzip = new();
    private static readonly ZstandardCoding Zstandard = new();

    /// <summary>Looks at the first bytes of a file and takes none of them. Null if it is not compressed.</summary>
    public static async ValueTask<ContentCoding?> DetectAsync(ArchiveSource source, CancellationToken cancellationToken)
    {
        await source.FillAsync(MagicLength, cancellationToken);
        return source.Unread.Span switch
        {
            [0x1F, 0x8B, ..] => Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Zstandard,
            _ => null,
        };
    }

    /// <exception cref="ArchiveFormatException">A blob's Content-Encoding is none that is read.</exception>
    public static void ThrowIfUnknown(string? contentEncoding)
    {
        string name = contentEncoding?.Trim() ?? "";
        if (!KnownNames.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            string shown = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ',' or ' ') ? $"'{name}' " : "";
            throw new ArchiveFormatException(ArchiveFault.UnknownEncoding, 0, $"the blob's content encoding {shown}is not supported");
        }
    }

    /// <summary>The file's content. It ends only where the file does, whole; else it fails as damaged files do.</summary>
    public abstract Stream Decode(ArchiveSource source);

    /// <summary>Compresses what is written to it; what it has written last comes when it is disposed.</summary>
    public abstract Stream Encode(Stream destination);

    private sealed class GzipCoding : ContentCoding
    {
        public override Stream Decode(ArchiveSource source) =>
            new DecodedStream(source, file => new GZipStream(file, CompressionMode.Decompress), isGzip: true);

        public override Stream Encode(Stream destination) => new GZipStream(destination, CompressionLevel.Optimal, leaveOpen: true);
    }

    private sealed class ZstandardCoding : ContentCoding
    {
        public override Stream Decode(ArchiveSource source) => new DecodedStream(source, Open, isGzip: false);

        public override Stream Encode(Stream destination)
        {
            var encoder = new CompressionStream(destination, leaveOpen: true);
            encoder.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            return encoder;
        }

        private static DecompressionStream Open(Stream file)
        {
            var decoder = new DecompressionStream(file);
            decoder.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, Avro.ZstandardCodec.MaxWindowLog);
            return decoder;
        }
    }
}
