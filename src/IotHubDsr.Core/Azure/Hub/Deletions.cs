namespace IotHubDsr.Core.Azure.Hub;

/// <summary>What became of a conditional deletion.</summary>
internal enum DeletionResult
{
    Deleted,

    /// <summary>It was not there when the request arrived.</summary>
    Absent,

    /// <summary>It has another ETag than the one that was named; nothing was deleted.</summary>
    PreconditionFailed,
}

/// <summary>A device to delete, in the state in which it was seen.</summary>
/// <param name="DeviceId">ID of the device.</param>
/// <param name="ETag">ETag of its identity.</param>
internal sealed record ConditionalDeletion(string DeviceId, string ETag);

/// <summary>What became of one device of a bulk deletion.</summary>
/// <param name="DeviceId">ID of the device.</param>
/// <param name="Result">The outcome; null when the hub refused for another reason.</param>
/// <param name="Fault">That reason.</param>
internal sealed record BulkDeletionOutcome(string DeviceId, DeletionResult? Result, Fault? Fault);

/// <summary>What a purge of a device's queue did.</summary>
/// <param name="Messages">How many messages were discarded.</param>
/// <param name="MayHaveRunBefore">Whether an attempt before it, whose answer was lost, may have discarded others.</param>
internal sealed record QueuePurge(long Messages, bool MayHaveRunBefore);
