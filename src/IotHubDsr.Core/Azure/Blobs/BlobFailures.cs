using Azure;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>Interprets refusals of the blob service that do not end the work.</summary>
internal static class BlobFailures
{
    /// <summary>The role that reading needs.</summary>
    public const string ReadRole = "Storage Blob Data Reader";

    /// <summary>The role that changing and deleting need.</summary>
    public const string WriteRole = "Storage Blob Data Contributor";

    /// <summary>The role that deleting versions needs, and deleting for good.</summary>
    public const string OldCopyRole = "Storage Blob Data Owner";

    /// <summary>The blob, or this copy of it, no longer exists; its container does.</summary>
    public static bool IsGone(Exception exception) => exception is RequestFailedException { Status: 404, ErrorCode: "BlobNotFound" };

    /// <summary>The container does not exist.</summary>
    public static bool IsContainerMissing(Exception exception) =>
        exception is RequestFailedException { Status: 404, ErrorCode: "ContainerNotFound" };

    /// <summary>Another writer changed the blob in the meantime.</summary>
    public static bool IsConflict(Exception exception) =>
        exception
            is RequestFailedException { Status: 412, ErrorCode: "ConditionNotMet" or "SourceConditionNotMet" or "CannotVerifyCopySource" }
                or RequestFailedException { Status: 400, ErrorCode: "InvalidBlockList" };
}
