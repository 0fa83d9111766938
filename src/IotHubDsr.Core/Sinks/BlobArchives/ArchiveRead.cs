using Azure;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>Reads one blob as it stood at one moment: under its ETag and to its end, again from the start if that failed.</summary>
internal static class ArchiveRead
{
    private const int Attempts = 4;

    /// <summary>Scans a blob; null when it no longer exists.</summary>
    public static async Task<(ListedBlob Blob, ArchiveScan Scan)?> ScanAsync(
        BlobContainerAccess container,
        ListedBlob listed,
        ScanRequest request,
        CancellationToken cancellationToken
    )
    {
        ListedBlob blob = listed;
        for (int attempt = 1; ; attempt++)
        {
            // What a sink was given cannot be taken back: from then on a blob is not read a second time.
            bool final = attempt == Attempts;
            try
            {
                if (attempt > 1)
                    blob = await ReadAgainAsync(container, blob, cancellationToken);
                ContentCoding.ThrowIfUnknown(blob.ContentEncoding);
                await using Stream stream = container.Read(container.Open(blob), blob.ETag, blob.Length);
                final |= request.Sink is not null;
                return (blob, await ArchiveFormats.ScanAsync(stream, request, cancellationToken));
            }
            catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
            {
                return null;
            }
            catch (RequestFailedException changed) when (BlobFailures.IsConflict(changed) && !final)
            {
                // The next attempt reads what is there now.
            }
            catch (IOException) when (!final)
            {
                // So does it when the answer broke off.
            }
        }
    }

    public static DsrException Translate(Exception exception, string blob, string verb, string role) =>
        exception is ArchiveFormatException format
            ? new DsrException(FaultCatalogue.ArchiveUnreadable.For(blob, format.Message), format)
            : AzureFaults.Translate(exception, blob, verb, role);

    private static async Task<ListedBlob> ReadAgainAsync(
        BlobContainerAccess container,
        ListedBlob blob,
        CancellationToken cancellationToken
    )
    {
        BlobProperties now = await container.Open(blob).GetPropertiesAsync(cancellationToken: cancellationToken);
        return blob with
        {
            ETag = now.ETag,
            Length = now.ContentLength,
            LastModified = now.LastModified,
            ContentEncoding = now.ContentEncoding,
        };
    }
}
