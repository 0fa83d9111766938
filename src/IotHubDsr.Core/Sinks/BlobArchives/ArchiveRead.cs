using Azure;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;

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
        GivenOnce? given = request.Sink is null ? null : new GivenOnce(request.Sink);
        for (int attempt = 1; ; attempt++)
        {
            bool IsFinal() => attempt == Attempts || given is { HasGiven: true };
            try
            {
                if (attempt > 1)
                    blob = await ReadAgainAsync(container, blob, cancellationToken);
                ContentCoding.ThrowIfUnknown(blob.ContentEncoding);
                await using Stream stream = container.Read(container.Open(blob), blob.ETag, blob.Length);
                return (blob, await ArchiveFormats.ScanAsync(stream, request with { Sink = given }, cancellationToken));
            }
            catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
            {
                return null;
            }
            catch (RequestFailedException changed) when (BlobFailures.IsConflict(changed) && !IsFinal())
            {
                // The next attempt reads what is there now.
            }
            catch (IOException) when (!IsFinal())
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

    /// <summary>What a sink was given cannot be taken back: from then on a blob is not read a second time.</summary>
    private sealed class GivenOnce(IMatchedRecordSink sink) : IMatchedRecordSink
    {
        public bool HasGiven { get; private set; }

        public void OnRecord(in MatchedRecord record)
        {
            HasGiven = true;
            sink.OnRecord(record);
        }
    }
}
