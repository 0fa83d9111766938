using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>The error codes that the queue service has besides those of all storage.</summary>
internal static class QueueErrors
{
    public static readonly StorageError QueueNotFound = new(404, "QueueNotFound", "The specified queue does not exist.");

    public static readonly StorageError QueueAlreadyExists = new(409, "QueueAlreadyExists", "The specified queue already exists.");

    public static readonly StorageError MessageNotFound = new(404, "MessageNotFound", "The specified message does not exist.");

    public static readonly StorageError PopReceiptMismatch = new(
        400,
        "PopReceiptMismatch",
        "The specified pop receipt did not match the pop receipt for a dequeued message."
    );
}
