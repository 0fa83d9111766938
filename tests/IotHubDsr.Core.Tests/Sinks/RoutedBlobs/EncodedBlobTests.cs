using System.IO.Compression;
using System.Text;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;
using ZstdSharp;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Blobs that somebody compressed as a whole, with a Content-Encoding or without.</summary>
public sealed class EncodedBlobTests
{
    private const string Blob = "contoso-hub/0/2026/01/05/08/00";

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("gzip", false)]
    [InlineData("zstd", true)]
    [InlineData("zstd", false)]
    public async Task Erase_EncodedBlob_IsReadThroughAndRewrittenWithItsEncoding(string encoding, bool hasHeader)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(60, Alice, Bob, Carol);
        byte[] content = Encode(encoding, RoutedFile.Write(messages, RoutedEncoding.Json).ToArray());
        sandbox.Put(Blob, content, new BlobSeed { Metadata = new Dictionary<string, string> { ["Source"] = "iothub" } });
        var headers = new BlobHttpHeaders
        {
            ContentType = "application/x-ndjson",
            ContentEncoding = hasHeader ? encoding : null,
            ContentMd5 = Convert.ToBase64String(BlobSandbox.Md5(content)),
        };
        SetHeaders(sandbox, headers);

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        var target = new MemoryTarget();
        await sandbox.Sink.ExportAsync(sandbox.Call(), [Alice], target, CancellationToken.None);
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal((Verdict.Present, 20, 20), (found.Verdict, found.RecordCount, target.Records("messages").Count));
        Assert.Equal((20L, null), (outcome.RecordsErased, outcome.Fault));
        BlobRevision after = sandbox.Current(Blob);
        byte[] stored = after.Content.ToMemory().ToArray();
        Assert.Equal(TextWithout(messages, Alice), Encoding.UTF8.GetString(Decode(encoding, stored)));
        Assert.Equal(headers with { ContentMd5 = Convert.ToBase64String(BlobSandbox.Md5(stored)) }, after.Headers);
        Assert.Equal("iothub", after.Metadata["Source"]);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Find_EncodingThatIsNotRead_IsAFaultThatNamesIt(string encoding)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(10, Alice));
        SetHeaders(sandbox, new BlobHttpHeaders { ContentEncoding = encoding });

        Assert.Equal(Verdict.Unreachable, (await sandbox.FindOneAsync(Bob)).Verdict);

        Fault fault = Assert.Single(sandbox.Reported);
        Assert.Equal("ArchiveUnreadable", fault.Id);
        Assert.Contains($"'{encoding}'", fault.Message, StringComparison.Ordinal);
    }

    private static void SetHeaders(ArchiveSandbox sandbox, BlobHttpHeaders headers)
    {
        lock (sandbox.Container.Gate)
        {
            Assert.True(sandbox.Container.TryGetEntry(Blob, out BlobEntry? entry));
            entry.Amend(entry.Current!, entry.Current! with { Headers = headers });
        }
    }

    private static byte[] Encode(string encoding, byte[] content)
    {
        using var encoded = new MemoryStream();
        using (Stream encoder = encoding == "gzip" ? new GZipStream(encoded, CompressionLevel.Optimal) : new CompressionStream(encoded))
            encoder.Write(content);
        return encoded.ToArray();
    }

    private static byte[] Decode(string encoding, byte[] content)
    {
        using Stream decoder =
            encoding == "gzip"
                ? new GZipStream(new MemoryStream(content), CompressionMode.Decompress)
                : new DecompressionStream(new MemoryStream(content));
        using var decoded = new MemoryStream();
        decoder.CopyTo(decoded);
        return decoded.ToArray();
    }
}
