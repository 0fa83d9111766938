using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Work;

/// <summary>Does units in this process, as many at once as the caller allows items: what a unit does inside waits at the same gate.</summary>
internal static class LocalScheduler
{
    private const int MostPlaces = 16;

    /// <summary>Does all units of the work on one place, round by round, and gives what they show together.</summary>
    /// <param name="work">The work; it is disposed of.</param>
    /// <param name="gate">What bounds all that the operation does at once.</param>
    /// <param name="cancellationToken">Ends it; units that have begun are waited for.</param>
    public static async Task<TResult> RunAsync<TResult>(IUnitWork<TResult> work, WorkGate gate, CancellationToken cancellationToken)
    {
        using (work)
        {
            var options = new ParallelOptions
            {
                MaxDegreeOfParallelism = work.IsInOrder ? 1 : gate.Limit,
                CancellationToken = cancellationToken,
            };
            while (!work.IsSplit)
                await Parallel.ForEachAsync(work.SplitAsync(cancellationToken), options, work.DoAsync);
            return await work.CompleteAsync(cancellationToken);
        }
    }

    /// <summary>Works on several places at once; those in one container one after the other, for both change its blobs.</summary>
    public static Task ForEachPlaceAsync<T>(
        IEnumerable<T> items,
        Func<T, DataLocation> placeOf,
        Func<T, CancellationToken, Task> work,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            items.GroupBy(
                item => placeOf(item) is var place ? place.Settings.GetValueOrDefault(LocationSettings.ContainerUri, place.Id) : null,
                StringComparer.Ordinal
            ),
            new ParallelOptions { MaxDegreeOfParallelism = MostPlaces, CancellationToken = cancellationToken },
            async (together, token) =>
            {
                foreach (T item in together)
                    await work(item, token);
            }
        );
}
