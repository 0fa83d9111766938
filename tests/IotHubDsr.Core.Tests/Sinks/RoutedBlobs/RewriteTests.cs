using System.Text;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

public sealed class RewriteTests
{
    private const string Blob = "contoso-hub/0/2026/01/05/08/00";

    [Theory]
    [InlineData(RoutedEncoding.Json)]
    [InlineData(RoutedEncoding.Avro)]
    [InlineData(RoutedEncoding.AvroDeflate)]
    internal async Task Erase_SharedBlob_RemovesTheSubjectAndKeepsEveryOtherRecordInOrder(RoutedEncoding encoding)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(120, Alice, Bob, Carol), encoding);
        IReadOnlyList<string> bystanders = await ExportAsync(sandbox, Bob, Carol);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((40, 1), (outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Null(outcome.Fault);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
        Assert.Equal(80, bystanders.Count);
        Assert.Equal(bystanders, await ExportAsync(sandbox, Bob, Carol));
    }

    [Fact]
    public async Task Erase_JsonLines_KeepsTheBytesOfTheOtherLines()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(300, Alice, Bob, "Alice", "alice1");
        sandbox.Put(Blob, messages);

        await sandbox.EraseAsync(Alice);

        Assert.Equal(TextWithout(messages, Alice), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_BlobWithProperties_KeepsThemAll()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(20, Alice, Bob);
        sandbox.Put(
            Blob,
            messages,
            seed: new BlobSeed
            {
                ContentType = "application/x-ndjson",
                Metadata = new Dictionary<string, string> { ["Source"] = "iothub", ["batch"] = "7" },
                Tags = new Dictionary<string, string> { ["class"] = "telemetry", ["Owner"] = "ops" },
                Tier = "Cool",
            }
        );
        SetHeaders(
            sandbox,
            new BlobHttpHeaders
            {
                ContentType = "application/x-ndjson",
                CacheControl = "no-store",
                ContentDisposition = "attachment",
                ContentEncoding = "identity",
                ContentLanguage = "en",
                ContentMd5 = Md5(sandbox.Text(Blob)),
            }
        );
        BlobRevision before = sandbox.Current(Blob);

        await sandbox.EraseAsync(Alice);

        BlobRevision after = sandbox.Current(Blob);
        Assert.NotEqual(before.ETag, after.ETag);
        Assert.Equal(before.Metadata, after.Metadata);
        Assert.Equal(before.Tags, after.Tags);
        Assert.Equal(("Cool", false), (after.Tier.Name, after.Tier.Inferred));
        Assert.Equal(before.Headers with { ContentMd5 = null }, after.Headers with { ContentMd5 = null });
        Assert.Equal(Md5(TextWithout(messages, Alice)), after.Headers.ContentMd5);
    }

    [Fact]
    public async Task Erase_BlobWithoutDigest_GetsNone()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(4, Alice, Bob));

        await sandbox.EraseAsync(Alice);

        Assert.Null(sandbox.Current(Blob).Headers.ContentMd5);
        Assert.True(sandbox.Current(Blob).Tier.Inferred);
    }

    [Theory]
    [InlineData(RoutedEncoding.Json)]
    [InlineData(RoutedEncoding.AvroDeflate)]
    internal async Task Erase_NothingElseInTheBlob_LeavesAnEmptyArchive(RoutedEncoding encoding)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(50, Alice), encoding);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal(50, outcome.RecordsErased);
        Assert.Null(outcome.Fault);
        Assert.Equal([Verdict.Absent, Verdict.Absent], (await sandbox.FindAsync(Alice, Bob)).Select(finding => finding.Verdict));
    }

    [Fact]
    public async Task Erase_BlobOfSeveralBlocks_IsStagedInBlocksAndWhole()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = [.. Messages(9, Alice, Bob, Carol).Select(message => message with { Body = Large(message.Body) })];
        sandbox.Put(Blob, messages);

        await sandbox.EraseAsync(Alice);

        Assert.True(sandbox.Mutations.Count(request => request.Contains("comp=block&", StringComparison.Ordinal)) > 1);
        Assert.Equal(TextWithout(messages, Alice), sandbox.Text(Blob));
    }

    [Theory]
    [InlineData("per%cent/100%25")]
    [InlineData("hash#tag/what?versionid=1")]
    [InlineData(" leading and trailing space.json")]
    [InlineData("/leading/slash//double")]
    [InlineData("Žluťoučký/日本語/😀.json")]
    [InlineData("plus+amp&eq=semi;comma,colon:quote'\"")]
    public async Task Erase_BlobNameWithOddCharacters_ChangesThatBlob(string name)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(10, Alice, Bob);
        sandbox.Put(name, messages);
        sandbox.Put("other", Messages(10, Bob));

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal(5, outcome.RecordsErased);
        Assert.Equal(TextWithout(messages, Alice), sandbox.Text(name));
        Assert.Equal(2, sandbox.Container.List().Count);
    }

    private static async Task<IReadOnlyList<string>> ExportAsync(ArchiveSandbox sandbox, params string[] deviceIds)
    {
        var target = new MemoryTarget();
        await sandbox.Sink.ExportAsync(sandbox.Call(), deviceIds, target, CancellationToken.None);
        return [.. target.Records("messages").Select(line => line.GetProperty("message").GetRawText())];
    }

    private static void SetHeaders(ArchiveSandbox sandbox, BlobHttpHeaders headers)
    {
        lock (sandbox.Container.Gate)
        {
            Assert.True(sandbox.Container.TryGetEntry(Blob, out BlobEntry? entry));
            entry.Amend(entry.Current!, entry.Current! with { Headers = headers });
        }
    }

    private static string Md5(string content) => Convert.ToBase64String(BlobSandbox.Md5(Encoding.UTF8.GetBytes(content)));

    private static ReadOnlyMemory<byte> Large(ReadOnlyMemory<byte> body) =>
        Encoding.UTF8.GetBytes($$"""{"pad":"{{new string('x', 1_500_000)}}","was":{{Encoding.UTF8.GetString(body.Span)}}}""");
}
