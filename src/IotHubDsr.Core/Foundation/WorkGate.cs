using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Core.Foundation;

/// <summary>
/// Limits the concurrency of an operation across all its locations: they run in parallel and share what the caller allows.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to dispose of.")]
internal sealed class WorkGate
{
    /// <summary>Each blob that is rewritten takes buffers of its own for what is uploaded.</summary>
    private const int MostRewrites = 8;

    private const int MostLocations = 8;

    private readonly SemaphoreSlim _items;
    private readonly int _limit;

    /// <param name="limit">How many blobs, devices or files are worked on at once.</param>
    public WorkGate(int limit)
    {
        _limit = limit;
        _items = new SemaphoreSlim(limit);
        Rewrites = limit <= MostRewrites ? this : new WorkGate(MostRewrites);
    }

    /// <summary>The gate for blobs that are rewritten.</summary>
    public WorkGate Rewrites { get; }

    /// <summary>Works on the items of one location. What is done to one item may not begin to work on others.</summary>
    public Task ForEachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(items, OptionsOf(_limit, cancellationToken), Gated(work));

    /// <inheritdoc cref="ForEachAsync{T}(IEnumerable{T}, Func{T, CancellationToken, ValueTask}, CancellationToken)" />
    public Task ForEachAsync<T>(
        IAsyncEnumerable<T> items,
        Func<T, CancellationToken, ValueTask> work,
        CancellationToken cancellationToken
    ) => Parallel.ForEachAsync(items, OptionsOf(_limit, cancellationToken), Gated(work));

    /// <summary>Works on several locations at once; those in one container one after the other, for both change its blobs.</summary>
    public static Task ForEachLocationAsync<T>(
        IEnumerable<T> items,
        Func<T, DataLocation> locationOf,
        Func<T, CancellationToken, Task> work,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            items.GroupBy(
                item =>
                    locationOf(item) is var location
                        ? location.Settings.GetValueOrDefault(LocationSettings.ContainerUri, location.Id)
                        : null,
                StringComparer.Ordinal
            ),
            OptionsOf(MostLocations, cancellationToken),
            async (together, token) =>
            {
                foreach (T item in together)
                    await work(item, token);
            }
        );

    private Func<T, CancellationToken, ValueTask> Gated<T>(Func<T, CancellationToken, ValueTask> work) =>
        async (item, token) =>
        {
            await _items.WaitAsync(token);
            try
            {
                await work(item, token);
            }
            finally
            {
                _items.Release();
            }
        };

    private static ParallelOptions OptionsOf(int limit, CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = limit, CancellationToken = cancellationToken };
}
