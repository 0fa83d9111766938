using System.Runtime.CompilerServices;
using Azure;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>The items of listings of the blob service, which end in a fault where the service does not let them end.</summary>
internal static class BlobPages
{
    /// <summary>The items of a listing, page after page.</summary>
    /// <param name="listing">The listing.</param>
    /// <param name="keyOf">What tells an item from others.</param>
    /// <param name="container">The container that is listed.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public static async IAsyncEnumerable<T> ItemsAsync<T>(
        AsyncPageable<T> listing,
        Func<T, string> keyOf,
        Uri container,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : notnull
    {
        var progress = new PageProgress();
        await foreach (Page<T> page in listing.AsPages().WithCancellation(cancellationToken))
        {
            foreach (T item in page.Values)
                yield return item;
            RequireProgress(progress, page, keyOf, container);
        }
    }

    /// <exception cref="DsrException">The listing does not come nearer to its end.</exception>
    public static void RequireProgress<T>(PageProgress progress, Page<T> page, Func<T, string> keyOf, Uri container)
    {
        string? first = page.Values.Count == 0 ? null : keyOf(page.Values[0]);
        if (!progress.IsMade(page.ContinuationToken, page.Values.Count, first))
        {
            throw FaultCatalogue.ServiceFailed.Exception(
                $"the container {container.Host}{container.AbsolutePath}",
                "the listing never ends."
            );
        }
    }
}
