namespace IotHubDsr.Core.Work;

/// <summary>Works on several places at once; on those in one container one after the other, because both change its blobs.</summary>
internal static class PlacesInTurn
{
    private const int MostPlaces = 16;

    public static Task ForEachAsync<T>(
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
