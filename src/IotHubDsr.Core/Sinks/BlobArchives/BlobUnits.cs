using System.Runtime.CompilerServices;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>Gathers blobs into units in the order in which they are listed.</summary>
internal static class BlobUnits
{
    /// <summary>Blobs of a unit; small ones are read at once.</summary>
    public const int Most = 64;

    /// <summary>Bytes of a unit, but for one blob that is larger: about two minutes of reading at 100 MB/s.</summary>
    public const long MostBytes = 16L * 1024 * 1024 * 1024;

    /// <param name="blobs">The blobs.</param>
    /// <param name="first">The number of the first unit.</param>
    /// <param name="cancellationToken">Ends the wait for blobs.</param>
    public static async IAsyncEnumerable<WorkUnit<ListedBlob>> OfAsync(
        IAsyncEnumerable<ListedBlob> blobs,
        int first,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        List<ListedBlob> unit = [];
        long bytes = 0;
        await foreach (ListedBlob blob in blobs.WithCancellation(cancellationToken))
        {
            if (unit.Count == Most || (unit.Count > 0 && bytes + blob.Length > MostBytes))
            {
                yield return new WorkUnit<ListedBlob>(first++, unit);
                (unit, bytes) = ([], 0);
            }

            unit.Add(blob);
            bytes += blob.Length;
        }

        if (unit.Count > 0)
            yield return new WorkUnit<ListedBlob>(first, unit);
    }
}
