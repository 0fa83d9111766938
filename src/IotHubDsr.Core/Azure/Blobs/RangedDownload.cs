using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>
/// The content of a blob as it stands under one ETag, read from its first byte to its last, with the next ranges under way meanwhile.
/// An answer that ends before it looks complete to an HTTP client, and a part of an archive can look like a whole one: what has not
/// arrived in full is asked for again, and a stream that cannot be completed fails instead of ending.
/// </summary>
internal sealed class RangedDownload(BlobBaseClient blob, ETag etag, long length, TransferBudget budget) : ReadOnlyStream
{
    private const int MostUnderWay = 4;
    private const int Attempts = 4;

    private readonly Queue<Task<Piece>> _underWay = new();
    private readonly CancellationTokenSource _closing = new();
    private Piece? _piece;
    private int _taken;
    private long _asked;
    private long _read;

    public override long Length => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _read == length)
            return 0;
        _piece ??= await NextAsync(cancellationToken);
        int count = Math.Min(buffer.Length, _piece.Length - _taken);
        _piece.Bytes.AsMemory(_taken, count).CopyTo(buffer);
        _taken += count;
        _read += count;
        if (_taken == _piece.Length)
        {
            budget.Return(_piece.Bytes);
            (_piece, _taken) = (null, 0);
        }

        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        while (_underWay.TryDequeue(out Task<Piece>? abandoned))
        {
            // A request that is under way still writes into its piece.
            await ((Task)abandoned).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (abandoned.IsCompletedSuccessfully)
                budget.Return((await abandoned).Bytes);
        }

        if (_piece is not null)
            budget.Return(_piece.Bytes);
        _piece = null;
        _closing.Dispose();
        await base.DisposeAsync();
    }

    private async ValueTask<Piece> NextAsync(CancellationToken cancellationToken)
    {
        if (_underWay.Count == 0)
            Ask(budget.Rent(), cancellationToken);
        while (_underWay.Count < MostUnderWay && _asked < length && budget.TryRent() is { } more)
            Ask(more, cancellationToken);
        return await _underWay.Dequeue();
    }

    private void Ask(byte[] bytes, CancellationToken cancellationToken)
    {
        int count = (int)Math.Min(bytes.Length, length - _asked);
        _underWay.Enqueue(FetchAsync(bytes, _asked, count, cancellationToken));
        _asked += count;
    }

    private async Task<Piece> FetchAsync(byte[] bytes, long offset, int count, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        bool whole = false;
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    await FetchOnceAsync(bytes.AsMemory(0, count), offset, stop.Token);
                    whole = true;
                    return new Piece(bytes, count);
                }
                catch (IOException) when (attempt < Attempts && !stop.IsCancellationRequested)
                {
                    // The same range is asked for again, under the same ETag.
                }
            }
        }
        finally
        {
            if (!whole)
                budget.Return(bytes);
        }
    }

    private async Task FetchOnceAsync(Memory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions
        {
            Range = new HttpRange(offset, bytes.Length),
            Conditions = new BlobRequestConditions { IfMatch = etag },
        };
        using BlobDownloadStreamingResult answer = await blob.DownloadStreamingAsync(options, cancellationToken);
        int arrived = await answer.Content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        if (arrived < bytes.Length)
            throw new IOException($"The response ended after {arrived} of {bytes.Length} bytes.");
    }

    private sealed record Piece(byte[] Bytes, int Length);
}
