using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Archives;
using IotHubDsr.Azure;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>Reads one blob as it stood at one moment: under its ETag, again from the start when it changed meanwhile.</summary>
internal static class ArchiveRead
{
    private const int Attempts = 4;

    /// <summary>Scans a blob; null when it no longer exists.</summary>
    public static async Task<(ArchiveBlob Blob, ArchiveScan Scan)?> ScanAsync(
        ArchiveContainer container, ArchiveBlob listed, ScanRequest request, CancellationToken cancellationToken)
    {
        ArchiveBlob blob = listed;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await using Stream stream = await OpenAsync(container.Open(blob), blob.ETag, cancellationToken).ConfigureAwait(false);
                return (blob, await ArchiveFormats.ScanAsync(stream, request, cancellationToken).ConfigureAwait(false));
            }
            catch (RequestFailedException gone) when (gone.Status == 404 && gone.ErrorCode is "BlobNotFound")
            {
                return null;
            }
            catch (RequestFailedException changed) when (IsConflict(changed) && attempt < Attempts)
            {
                BlobProperties now = await container.Open(blob).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                blob = blob with { ETag = now.ETag, Length = now.ContentLength, LastModified = now.LastModified };
            }
        }
    }

    /// <summary>Opens the content of a blob as it stands under an ETag; the library resumes a broken download under the same.</summary>
    public static async Task<Stream> OpenAsync(BlockBlobClient client, ETag etag, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = etag } };
        BlobDownloadStreamingResult download = await client.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false);
        return download.Content;
    }

    /// <summary>Whether a call failed because somebody else changed the blob meanwhile.</summary>
    public static bool IsConflict(RequestFailedException failed) =>
        failed is { Status: 412, ErrorCode: "ConditionNotMet" } or { Status: 400, ErrorCode: "InvalidBlockList" };

    public static DsrException Translate(Exception exception, string blob, string verb, string role) => exception is ArchiveFormatException format
        ? new DsrException(FaultCatalogue.ArchiveUnreadable.For(blob, format.Message), format)
        : AzureFaults.Translate(exception, blob, verb, role);
}
