using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>
/// The content of a blob as it stands under one ETag, read from its first byte to its last. One range at a time is streamed, which takes
/// no memory; as far as the budget goes, the ranges behind it are fetched meanwhile.
/// </summary>
/// <remarks>
/// An answer that ends early looks complete to an HTTP client, and a part of an archive can look like a whole one: what has not arrived in
/// full is asked for again, and a stream that cannot be completed fails instead of ending.
/// </remarks>
internal sealed class RangedDownload(BlobBaseClient blob, ETag etag, long length, TransferBudget budget) : ReadOnlyStream
{
    /// <summary>
    /// Length of a range that is streamed. Each costs a request and its latency; a blob of usual size takes one or a few.
    /// </summary>
    private const int StreamedRange = 16 * 1024 * 1024;

    private const int MostAhead = 4;
    private const int Attempts = 4;

    private readonly Queue<Task<Piece>> _ahead = new();
    private readonly CancellationTokenSource _closing = new();
    private Piece? _piece;
    private int _taken;
    private BlobDownloadStreamingResult? _answer;
    private long _answerEnd;
    private int _failures;
    private long _asked;
    private long _read;

    /// <summary>How many requests a blob takes that is read to its end, if none fails.</summary>
    public static long RequestsFor(long length) =>
        length <= StreamedRange ? 1 : 1 + ((length - StreamedRange + TransferBudget.PieceSize - 1) / TransferBudget.PieceSize);

    public override long? KnownLength => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _read == length)
            return 0;
        if (_piece is null && _read == _answerEnd)
            await NextAsync(cancellationToken);
        int count = _piece is { } piece ? Take(piece, buffer) : await StreamAsync(buffer, cancellationToken);
        _read += count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        EndAnswer();
        while (_ahead.TryDequeue(out Task<Piece>? abandoned))
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

    /// <summary>Goes on with the range that was fetched ahead, or else with one that is streamed; more are fetched ahead of it.</summary>
    private async ValueTask NextAsync(CancellationToken cancellationToken)
    {
        _ahead.TryDequeue(out Task<Piece>? next);
        if (next is null)
            (_asked, _failures) = (_answerEnd = Math.Min(length, _read + StreamedRange), 0);
        while (_ahead.Count < MostAhead && _asked < length && budget.TryRent() is { } bytes)
        {
            int count = (int)Math.Min(bytes.Length, length - _asked);
            _ahead.Enqueue(FetchAsync(bytes, _asked, count, cancellationToken));
            _asked += count;
        }

        if (next is null)
            return;
        (_piece, _taken) = (await next, 0);
        _answerEnd = _read + _piece.Length;
    }

    private int Take(Piece piece, Memory<byte> buffer)
    {
        int count = Math.Min(buffer.Length, piece.Length - _taken);
        piece.Bytes.AsMemory(_taken, count).CopyTo(buffer);
        _taken += count;
        if (_taken == piece.Length)
        {
            budget.Return(piece.Bytes);
            _piece = null;
        }

        return count;
    }

    /// <summary>Bytes as they arrive. When the answer breaks off, the rest of its range is asked for, under the same ETag.</summary>
    private async ValueTask<int> StreamAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _answer ??= await AskAsync(_read, _answerEnd - _read, cancellationToken);
                int most = (int)Math.Min(buffer.Length, _answerEnd - _read);
                int count = await _answer.Content.ReadAsync(buffer[..most], cancellationToken);
                if (count == 0)
                    throw new IOException($"The answer ended {_answerEnd - _read} bytes early.");
                if (_read + count == _answerEnd)
                    EndAnswer();
                return count;
            }
            catch (IOException) when (++_failures < Attempts && !cancellationToken.IsCancellationRequested)
            {
                EndAnswer();
            }
        }
    }

    private void EndAnswer()
    {
        _answer?.Dispose();
        _answer = null;
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
        using BlobDownloadStreamingResult answer = await AskAsync(offset, bytes.Length, cancellationToken);
        int arrived = await answer.Content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        if (arrived < bytes.Length)
            throw new IOException($"The response ended after {arrived} of {bytes.Length} bytes.");
    }

    private async Task<BlobDownloadStreamingResult> AskAsync(long offset, long count, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions
        {
            Range = new HttpRange(offset, count),
            Conditions = new BlobRequestConditions { IfMatch = etag },
        };
        return await blob.DownloadStreamingAsync(options, cancellationToken);
    }

    private sealed record Piece(byte[] Bytes, int Length);
}
