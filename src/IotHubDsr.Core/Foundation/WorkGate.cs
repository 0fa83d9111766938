namespace IotHubDsr.Core.Foundation;

/// <summary>
/// Limits the concurrency of an operation across all its locations: they run in parallel and share what the caller allows.
/// </summary>
/// <remarks>
/// The caller's limit counts whole items: devices, files, blobs. A small blob, which does little but wait for the service, takes only a
/// part of one. What an item itself sets going is part of it, and waits for no turn of its own.
/// </remarks>
internal sealed class WorkGate
{
    /// <summary>How many of the smallest blobs may take the place of a whole item.</summary>
    public const int SharesOfItem = 8;

    private const int BytesOfShare = 128 * 1024;

    /// <summary>However high the limit, and however small the items: each takes memory, and a connection.</summary>
    private const int MostAtOnce = 64;

    /// <summary>Each blob that is rewritten takes buffers of its own for what is uploaded.</summary>
    private const int MostRewrites = 8;

    private readonly int _limit;
    private readonly WorkShares _shares;
    private readonly AsyncLocal<bool> _isInside = new();

    /// <param name="limit">How many items are worked on at once.</param>
    public WorkGate(int limit)
    {
        _limit = limit;
        _shares = new WorkShares(limit * SharesOfItem);
    }

    /// <summary>How many items are worked on at once.</summary>
    public int Limit => _limit;

    /// <summary>Works on the items of one location.</summary>
    public Task ForEachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(items, OptionsOf(_limit, cancellationToken), Gated(work, _ => SharesOfItem));

    /// <summary>Works on blobs of one location that are only read, more of the small ones at once.</summary>
    public Task ForEachBlobAsync<T>(
        IEnumerable<T> blobs,
        Func<T, long> lengthOf,
        Func<T, CancellationToken, ValueTask> work,
        CancellationToken cancellationToken
    ) => Parallel.ForEachAsync(blobs, OptionsOf(_limit * SharesOfItem, cancellationToken), Gated(work, blob => SharesOf(lengthOf(blob))));

    /// <summary>Works on blobs of one location that are written anew: of a high limit, each takes more than one item's part.</summary>
    public Task ForEachRewriteAsync<T>(
        IEnumerable<T> blobs,
        Func<T, CancellationToken, ValueTask> work,
        CancellationToken cancellationToken
    )
    {
        int shares = SharesOfItem * ((_limit + MostRewrites - 1) / MostRewrites);
        return Parallel.ForEachAsync(blobs, OptionsOf(Math.Min(_limit, MostRewrites), cancellationToken), Gated(work, _ => shares));
    }

    /// <summary>Gives one result for each input, in the order of the inputs.</summary>
    public async Task<IReadOnlyList<TResult>> SelectAsync<TInput, TResult>(
        IReadOnlyList<TInput> inputs,
        Func<TInput, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken
    )
    {
        var results = new TResult[inputs.Count];
        await ForEachAsync(
            Enumerable.Range(0, inputs.Count),
            async (index, token) => results[index] = await work(inputs[index], token),
            cancellationToken
        );
        return results;
    }

    private static int SharesOf(long length) => (int)Math.Clamp((length + BytesOfShare - 1) / BytesOfShare, 1, SharesOfItem);

    private Func<T, CancellationToken, ValueTask> Gated<T>(Func<T, CancellationToken, ValueTask> work, Func<T, int> sharesOf) =>
        async (item, token) =>
        {
            if (_isInside.Value)
            {
                await work(item, token);
                return;
            }

            int shares = sharesOf(item);
            await _shares.TakeAsync(shares, token);
            try
            {
                _isInside.Value = true;
                await work(item, token);
            }
            finally
            {
                _shares.Return(shares);
            }
        };

    private static ParallelOptions OptionsOf(int limit, CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Math.Min(limit, MostAtOnce), CancellationToken = cancellationToken };
}
