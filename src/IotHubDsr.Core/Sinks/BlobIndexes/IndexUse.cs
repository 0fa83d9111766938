namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>What a reading of an archive does with the index of devices.</summary>
internal enum IndexUse
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It reads every blob, and leaves entries for those that have none: verdicts after an erasure rest on no index.</summary>
    Extend,

    /// <summary>It reads what can hold a device by the index, and leaves entries for the rest.</summary>
    Use,

    /// <summary>As <see cref="Use"/>, for no device at all; then entries for contents that are no longer there are dropped.</summary>
    Renew,
}
