using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Distribution;

/// <summary>Whether there is, or can still come, anything for workers to do in a request store.</summary>
internal static class OpenWork
{
    private const string RunPrefix = "running-";
    private const string RunName = "run";

    public static async Task<bool> IsThereAsync(ISegmentStore store, CancellationToken cancellationToken)
    {
        await foreach (string name in store.ListFoldersAsync(ReadingFolders.Prefix, cancellationToken))
        {
            if (ReadingFolders.IsOne(name) && await IsOpenAsync(store.OpenSegments(name), cancellationToken))
                return true;
        }

        await foreach (string name in store.ListFoldersAsync(RunPrefix, cancellationToken))
        {
            string request = name[RunPrefix.Length..];
            if (RequestIds.IsOne(request) && await IsOpenAsync(store.OpenSegments(request), cancellationToken))
                return true;
        }

        return false;
    }

    /// <summary>Tells workers of a run of a request: requests can be very many, and few are run by workers.</summary>
    public static Task AnnounceAsync(ISegmentStore store, string requestId, CancellationToken cancellationToken) =>
        store.OpenSegments(RunPrefix + requestId).SaveAsync(RunName, "run\n"u8.ToArray(), cancellationToken);

    /// <summary>The run is over.</summary>
    public static Task EndAsync(ISegmentStore store, string requestId, CancellationToken cancellationToken) =>
        store.OpenSegments(RunPrefix + requestId).DeleteAsync(string.Empty, cancellationToken);

    /// <summary>A command that waits can have more to do at any time; what one has left is there to its end.</summary>
    private static async Task<bool> IsOpenAsync(ISegmentFolder folder, CancellationToken cancellationToken)
    {
        if (await folder.ReadHolderAsync(cancellationToken) is not null)
            return true;
        IReadOnlyList<string> names = await folder.ListAsync(cancellationToken);
        foreach (IGrouping<string, (string Work, string Unit)> work in UnitFiles.UnitsIn(names).GroupBy(static one => one.Work))
        {
            var files = new UnitFiles(folder, work.Key);
            if (
                !await files.IsStoppedAsync(cancellationToken)
                && await files.AreLeftAsync([.. work.Select(static one => one.Unit)], cancellationToken)
            )
            {
                return true;
            }
        }

        return false;
    }
}
