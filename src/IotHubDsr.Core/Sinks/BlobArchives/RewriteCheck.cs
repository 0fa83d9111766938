using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// A second, independent walk over the new content of a blob while it is put together, so that what it holds is known before anything
/// is replaced.
/// </summary>
internal sealed class RewriteCheck : IAsyncDisposable
{
    private static readonly SubjectIndex Nobody = new([]);

    private readonly HandOver _copy = new();
    private readonly Task<ArchiveScan> _scan;

    public RewriteCheck(ReadingShare share, CancellationToken cancellationToken) => _scan = ScanAsync(share, cancellationToken);

    /// <summary>The next bytes of the new content. A failed walk accepts nothing more; its failure is reported at the end.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _copy.WriteAsync(bytes, cancellationToken);

    /// <summary>Compares the new content with what must stay: kept + removed = read, and the same bytes.</summary>
    /// <exception cref="DsrException">It is not what must stay.</exception>
    public async Task VerifyAsync(string place, ArchiveRewrite rewrite)
    {
        _copy.Complete();
        ArchiveScan staged;
        try
        {
            staged = await _scan;
        }
        catch (ArchiveFormatException broken)
        {
            throw FaultCatalogue.RewriteMismatch.Exception(place, $"the new content cannot be read. {broken.Message}");
        }

        if (staged.RecordsRead + rewrite.RecordsRemoved != rewrite.RecordsRead || staged.Digest != rewrite.KeptDigest)
        {
            throw FaultCatalogue.RewriteMismatch.Exception(
                place,
                $"it would hold {staged.RecordsRead} records where {rewrite.RecordsKept} must stay, or not the same bytes; nothing was "
                    + "changed."
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        _copy.Complete();
        await ((Task)_scan).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<ArchiveScan> ScanAsync(ReadingShare share, CancellationToken cancellationToken)
    {
        // Closing the stream lets a writer that is ahead go on when the walk has failed.
        await using Stream copy = _copy.OpenReader();
        return await ArchiveFormats.ScanAsync(copy, new ScanRequest(Nobody, WithDigest: true), cancellationToken, share: share);
    }
}
