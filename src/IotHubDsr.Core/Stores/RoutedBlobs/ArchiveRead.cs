using System.Xml;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Archives;
using IotHubDsr.Azure;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>Reads one blob as it stood at one moment: under its ETag and to its end, again from the start when that did not come off.</summary>
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
            // What a sink was given cannot be taken back: from then on a blob is not read a second time.
            bool final = attempt == Attempts;
            try
            {
                if (attempt > 1)
                    blob = await ReadAgainAsync(container, blob, cancellationToken).ConfigureAwait(false);
                await using Stream stream = await OpenAsync(container.Open(blob), blob.ETag, blob.Length, cancellationToken).ConfigureAwait(false);
                final |= request.Sink is not null;
                return (blob, await ArchiveFormats.ScanAsync(stream, request, cancellationToken).ConfigureAwait(false));
            }
            catch (RequestFailedException gone) when (IsGone(gone))
            {
                return null;
            }
            catch (RequestFailedException changed) when (IsConflict(changed) && !final)
            {
                // The next attempt reads what is there now.
            }
            catch (IOException) when (!final)
            {
                // So does it when the answer broke off.
            }
        }
    }

    /// <summary>Opens the content of a blob as it stands under an ETag; the library resumes a broken download under the same.</summary>
    public static async Task<Stream> OpenAsync(BlockBlobClient client, ETag etag, long length, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = etag } };
        BlobDownloadStreamingResult download = await client.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false);
        return new WholeStream(download.Content, length);
    }

    /// <summary>Whether a call failed because somebody else changed the blob meanwhile.</summary>
    public static bool IsConflict(Exception exception) =>
        exception is RequestFailedException { Status: 412, ErrorCode: "ConditionNotMet" } or RequestFailedException { Status: 400, ErrorCode: "InvalidBlockList" };

    /// <summary>Whether a call failed because the blob no longer exists.</summary>
    public static bool IsGone(Exception exception) => exception is RequestFailedException { Status: 404, ErrorCode: "BlobNotFound" };

    public static DsrException Translate(Exception exception, string blob, string verb, string role) => exception switch
    {
        ArchiveFormatException format => new DsrException(FaultCatalogue.ArchiveUnreadable.For(blob, format.Message), format),
        XmlException xml => new DsrException(FaultCatalogue.ServiceFailed.For(blob, "its answer could not be read"), xml),
        _ => AzureFaults.Translate(exception, blob, verb, role),
    };

    private static async Task<ArchiveBlob> ReadAgainAsync(ArchiveContainer container, ArchiveBlob blob, CancellationToken cancellationToken)
    {
        BlobProperties now = await container.Open(blob).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return blob with { ETag = now.ETag, Length = now.ContentLength, LastModified = now.LastModified };
    }
}
