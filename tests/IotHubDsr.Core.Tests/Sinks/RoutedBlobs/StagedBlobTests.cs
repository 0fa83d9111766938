using System.Buffers;
using Azure;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>How the new content of a blob is cut into what is uploaded and what is copied.</summary>
public sealed class StagedBlobTests
{
    private const long Gibibyte = 1024L * 1024 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(190)]
    public async Task StretchesTooShortForACopy_FillEachUploadBeforeTheNext(long gibibytes)
    {
        const int stretches = 12;
        long length = gibibytes * Gibibyte;
        var parts = new Parts(SpliceCost.LeastCopy(length));
        BlobProperties before = BlobsModelFactory.BlobProperties(contentLength: length);
        byte[] stretch = new byte[SpliceCost.LeastCopy(length) * 6 / 10];
        using var share = new ReadingShare(ReadingBudget.OfProcess);
        await using (var staged = new StagedBlob(parts, before, share, CancellationToken.None))
        {
            await staged.StageAsync(
                async target =>
                {
                    for (int number = 0; number < stretches; number++)
                    {
                        await target.KeepAsync(number * 2L * stretch.Length, stretch, CancellationToken.None);
                        await target.ReplaceAsync("new"u8.ToArray(), CancellationToken.None);
                    }

                    return Removing();
                },
                CancellationToken.None
            );
        }

        Assert.Equal(0, parts.Copied);
        Assert.Equal(stretches * (stretch.Length + 3L), parts.Uploads.Sum());
        Assert.All(parts.Uploads.SkipLast(1), upload => Assert.Equal(SpliceCost.BlockSizeFor(length), upload));
    }

    [Fact]
    public async Task StretchThatTurnsOutLong_IsCopiedButForWhatWasFullBefore()
    {
        const int piece = 1_000_000;
        const int pieces = 12;
        var parts = new Parts(SpliceCost.LeastCopy(Gibibyte));
        BlobProperties before = BlobsModelFactory.BlobProperties(contentLength: Gibibyte);
        using var share = new ReadingShare(ReadingBudget.OfProcess);
        await using (var staged = new StagedBlob(parts, before, share, CancellationToken.None))
        {
            await staged.StageAsync(
                async target =>
                {
                    await target.ReplaceAsync(new byte[3 * piece], CancellationToken.None);
                    for (int number = 0; number < pieces; number++)
                        await target.KeepAsync(number * (long)piece, new byte[piece], CancellationToken.None);
                    return Removing();
                },
                CancellationToken.None
            );
        }

        Assert.Equal((3 + pieces) * (long)piece, parts.Uploads.Sum() + parts.Copied);
        Assert.InRange(parts.Copied, (pieces - 2) * (long)piece, pieces * (long)piece);
    }

    /// <summary>Nothing is staged of a blob from which nothing is removed.</summary>
    private static ArchiveRewrite Removing() => new("test", 2, 1, [], [], default, 0, 0);

    private sealed class Parts(long leastCopy) : IBlobReplacement
    {
        public List<long> Uploads { get; } = [];

        public long Copied { get; private set; }

        public long? LeastCopy => leastCopy;

        public Task UploadAsync(byte[] block, int count, CancellationToken cancellationToken)
        {
            Uploads.Add(count);
            ArrayPool<byte>.Shared.Return(block);
            return Task.CompletedTask;
        }

        public Task CopyAsync(KeptRange range, CancellationToken cancellationToken)
        {
            Copied += range.Length;
            return Task.CompletedTask;
        }

        public Task CompleteAsync() => Task.CompletedTask;

        public Task<ETag> CommitAsync(byte[]? md5, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
