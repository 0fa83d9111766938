using System.IO.Compression;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;
using ZstdSharp;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Files that somebody compressed as a whole are read through, and rewritten compressed alike.</summary>
public sealed class ContentCodingTests
{
    private static readonly SubjectIndex Dev1 = new(["dev1"]);

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("gzip", true)]
    [InlineData("zstd", false)]
    [InlineData("zstd", true)]
    public async Task CompressedFile_IsReadThroughAndRewrittenCompressedAlike(string coding, bool avro)
    {
        Message[] messages = [.. Enumerable.Range(0, 500).Select(i => Message.From(i % 3 == 0 ? "dev1" : $"other-{i}"))];
        byte[] plain = avro ? ApacheAvro.Write(messages, syncEvery: 20) : JsonLine.Write(messages, seed: 7);
        byte[] file = Encode(coding, plain);
        (ArchiveRewrite? expected, byte[]? kept) = await Archive.RewriteAsync(plain, new RecordSelection(Dev1));

        ArchiveScan scan = await Archive.ScanAsync(file, Dev1, new CollectingSink(), chunks: 5);
        using var result = new MemoryStream();
        ArchiveRewrite rewrite = await ArchiveFormats.RewriteAsync(
            new ChunkedStream(file, 3),
            result,
            new RecordSelection(Dev1),
            CancellationToken.None
        );

        Assert.Equal((167, file.Length), (Assert.Single(scan.Subjects).Own.Records, scan.BytesRead));
        Assert.Equal(kept, Decode(coding, result.ToArray()));
        Assert.Equal(
            (expected.RecordsRemoved, expected.KeptDigest, file.Length, result.Length),
            (rewrite.RecordsRemoved, rewrite.KeptDigest, rewrite.BytesRead, rewrite.BytesWritten)
        );
        Assert.Equal(rewrite.KeptDigest, (await Archive.ScanAsync(result.ToArray(), Dev1)).Digest);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task CompressedFile_CutOrFollowedBySomethingElse_IsAFault(string coding)
    {
        byte[] file = Encode(coding, JsonLine.Write(Enumerable.Range(0, 500).Select(i => Message.From($"other-{i}")), seed: 7));
        foreach (int length in new[] { 3, 12, file.Length / 2, file.Length - 8, file.Length - 1 })
            await AssertBadAsync(file[..length]);

        await AssertBadAsync([.. file, .. "trailing"u8]);
        file[file.Length / 2] ^= 0x10;
        await AssertBadAsync(file);
    }

    [Fact]
    public Task GzipOfSeveralMembers_IsAFault() =>
        AssertBadAsync([.. Encode("gzip", "{}\n"u8.ToArray()), .. Encode("gzip", "{\"a\":1}\n"u8.ToArray())]);

    [Theory]
    [InlineData(null, true)]
    [InlineData("gzip", true)]
    [InlineData("GZIP", true)]
    [InlineData("zstd", true)]
    [InlineData("br", false)]
    [InlineData("deflate", false)]
    [InlineData("gzip, br", false)]
    public void ContentEncoding_ThatIsNotRead_IsAFaultThatNamesIt(string? encoding, bool isRead)
    {
        Exception? thrown = Record.Exception(() => ContentCoding.ThrowIfUnknown(encoding));
        Assert.Equal(isRead, thrown is null);
        if (!isRead)
        {
            Assert.Equal(ArchiveFault.UnknownEncoding, Assert.IsType<ArchiveFormatException>(thrown).Fault);
            Assert.Contains($"'{encoding}'", thrown.Message, StringComparison.Ordinal);
        }
    }

    private static async Task AssertBadAsync(byte[] file)
    {
        ArchiveFormatException fault = await Assert.ThrowsAsync<ArchiveFormatException>(() =>
            Archive.ScanAsync(file, new ScanRequest(Dev1))
        );
        ArchiveFormatException rewrite = await Assert.ThrowsAsync<ArchiveFormatException>(() =>
            ArchiveFormats.RewriteAsync(new MemoryStream(file), Stream.Null, new RecordSelection(Dev1), CancellationToken.None)
        );
        Assert.Equal(fault.Fault, rewrite.Fault);
    }

    private static byte[] Encode(string coding, byte[] content)
    {
        using var encoded = new MemoryStream();
        using (Stream encoder = coding == "gzip" ? new GZipStream(encoded, CompressionLevel.Optimal) : ZstandardWithChecksum(encoded))
            encoder.Write(content);

        return encoded.ToArray();
    }

    private static CompressionStream ZstandardWithChecksum(Stream destination)
    {
        var encoder = new CompressionStream(destination);
        encoder.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return encoder;
    }

    private static byte[] Decode(string coding, byte[] content)
    {
        using Stream decoder =
            coding == "gzip"
                ? new GZipStream(new MemoryStream(content), CompressionMode.Decompress)
                : new DecompressionStream(new MemoryStream(content));
        using var decoded = new MemoryStream();
        decoder.CopyTo(decoded);
        return decoded.ToArray();
    }
}
