using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sinks.LogArchives;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>What happens to a blob while it is worked on, and that no condition on its content tells.</summary>
public sealed class RewriteSurroundingsTests
{
    private const string Blob = "contoso-hub/0/2026/01/05/08/00";

    private static readonly TimeSpan s_longWork = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Erase_TagsAndTierSetWhileTheBlobIsPutTogether_Stay()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(10, Alice, Bob));
        sandbox.OnAnnounce = () =>
        {
            sandbox.Clock.Advance(s_longWork);
            Amend(sandbox, Blob, static now => now with { Tags = now.Tags.Add("malware", "none"), Tier = new AccessTierState
                    {
                        Name = "Cool",
                        Inferred = false,
                    } });
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        BlobRevision after = sandbox.Current(Blob);
        Assert.Equal((null, 5L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(("none", "Cool"), (after.Tags.GetValueOrDefault("malware"), after.Tier.Name));
    }

    [Fact]
    public async Task Erase_TagsOfAnAppendBlobSetWhileItIsPutTogether_Stay()
    {
        await using ArchiveSandbox sandbox = await LogArchive.StartLogsAsync();
        string blob = LogArchive.BlobOf(LogArchive.LongAgo);
        sandbox.PutLog(blob, LogArchive.Rows(10, Alice, Bob));
        sandbox.OnAnnounce = () =>
        {
            sandbox.Clock.Advance(s_longWork);
            Amend(sandbox, blob, static now => now with { Tags = now.Tags.Add("malware", "none") });
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((null, 5L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal("none", sandbox.Current(blob).Tags.GetValueOrDefault("malware"));
    }

    [Fact]
    public async Task Erase_DraftRemovedByAnotherErasureBeforeItsHeadersAreSet_IsMadeAgain()
    {
        await using ArchiveSandbox sandbox = await LogArchive.StartLogsAsync();
        string blob = LogArchive.BlobOf(LogArchive.LongAgo);
        List<string> rows = LogArchive.Rows(10, Alice, Bob);
        sandbox.PutLog(blob, rows);
        Amend(sandbox, blob, static now => now with { Headers = now.Headers with { ContentMd5 = "1B2M2Y8AsgTpgAmY7PhCfg==" } });
        int removed = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.RequestUri!.Query.Contains("comp=properties", StringComparison.Ordinal) && removed++ == 0)
                sandbox.Container.Delete(Uri.UnescapeDataString(request.RequestUri.AbsolutePath).Split('/', 3)[2]);
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((2, null, 5L), (removed, outcome.Fault, outcome.RecordsErased));
        Assert.Equal(LogArchive.Text(LogArchive.Without(rows, Alice)), sandbox.Text(blob));
    }

    [Fact]
    public async Task Erase_CopyOverTheBlobThatDoesNotEnd_LeavesTheBlobAndGoesOn()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(10, Alice, Bob);
        sandbox.Put(Blob, messages);
        sandbox.Put("other", Messages(10, Alice, Bob));
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        int asked = 0;
        sandbox.Wire.Answering = (request, answer) =>
        {
            if (request.Method != HttpMethod.Head || !request.RequestUri!.AbsolutePath.EndsWith(Blob, StringComparison.Ordinal))
                return;
            asked++;
            answer.Headers.Add("x-ms-copy-status", "pending");
            sandbox.Clock.Advance(TimeSpan.FromMinutes(1));
        };

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal(("BlobCopying", 5L), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.InRange(asked, 2, 5);
        Assert.Equal(TextWithout(messages), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_BlocksWithIdsTooShortForOthersBesideThem_LeavesTheBlobAndSaysWhy()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(10, Alice, Bob);
        sandbox.Put(Blob, messages);
        Amend(sandbox, Blob, static now =>
            now with
            {
                Blocks = [new Block(Convert.ToBase64String(BitConverter.GetBytes(1)), now.Content)],
            }
        );

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal(("BlockIdsTooShort", 0L), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Contains("4 bytes", outcome.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(TextWithout(messages), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Export_BlobChangedBeforeItIsCopied_IsCopiedAsItIsNow()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(10, Alice, Bob));
        sandbox.Put("other", Messages(4, Alice));
        int reads = 0;
        sandbox.Wire.Before = request =>
        {
            bool isRead = request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.EndsWith(Blob, StringComparison.Ordinal);
            if (isRead && ++reads == 2)
                sandbox.Put(Blob, Messages(30, Alice, Bob));
            return Task.CompletedTask;
        };
        var target = new MemoryTarget();

        IReadOnlyList<ExportCompleteness> accounts = await sandbox.Sink.ExportAsync(
            sandbox.Call(),
            [Alice, Carol],
            target,
            CancellationToken.None
        );

        Assert.Equal(
            [(Verdict.Present, 19L, 0L), (Verdict.Absent, 0L, 0L)],
            accounts.Select(static one => (one.Verdict, one.Included, one.Unreachable ?? -1))
        );
        Assert.Empty(sandbox.Reported);
        Assert.Equal(
            19,
            Assert
                .Single(target.Files, static file => file.Key.EndsWith(".ndjson", StringComparison.Ordinal))
                .Value.Count(static one => one == (byte)'\n')
        );
    }

    /// <summary>As a change that leaves the ETag alone does.</summary>
    private static void Amend(ArchiveSandbox sandbox, string name, Func<BlobRevision, BlobRevision> change)
    {
        lock (sandbox.Container.Gate)
        {
            Assert.True(sandbox.Container.TryGetEntry(name, out BlobEntry? entry));
            entry.Amend(entry.Current!, change(entry.Current!));
        }
    }
}
