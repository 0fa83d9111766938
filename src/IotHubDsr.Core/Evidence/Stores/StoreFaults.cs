using Azure;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>Translates exceptions of a request store into catalogued faults.</summary>
internal static class StoreFaults
{
    /// <param name="place">The store.</param>
    /// <param name="exception">What it threw.</param>
    /// <param name="isWriting">Whether something was to be written; otherwise it was to be read.</param>
    public static DsrException Of(string place, Exception exception, bool isWriting)
    {
        if (exception is RequestFailedException { Status: 403 } refused)
        {
            string? action = RequiredActions.Of(refused.GetRawResponse());
            string target = $"the request store {place}";
            if (action?.EndsWith("/containers/write", StringComparison.Ordinal) == true)
            {
                return AzureFaults.Translate(
                    refused,
                    target,
                    "create",
                    $"{BlobFailures.WriteRole} at the storage account, or have the container created, and {BlobFailures.WriteRole} at "
                        + "the container,"
                );
            }

            bool reads = !isWriting && action?.EndsWith("/read", StringComparison.Ordinal) != false;
            return AzureFaults.Translate(
                refused,
                target,
                reads ? "read" : "write to",
                $"{(reads ? BlobFailures.ReadRole : BlobFailures.WriteRole)} at the container"
            );
        }

        FaultDefinition fault = isWriting ? FaultCatalogue.RequestStoreNotWritable : FaultCatalogue.RequestStoreUnreadable;
        string reason = BlobFailures.IsContainerMissing(exception)
            ? "the container does not exist; the first request registered in it creates it, if the account has permission (Storage Blob "
                + "Data Contributor on the storage account)."
            : Reason.Of(exception);
        return new DsrException(fault.For(place, reason), exception);
    }
}
