namespace IotHubDsr;

/// <summary>The state of a request.</summary>
public enum DataRequestStatus
{
    /// <summary>It is registered; nothing was planned or erased.</summary>
    Received = 0,

    /// <summary>An erasure runs now.</summary>
    Running = 1,

    /// <summary>An erasure began and did not end: it was stopped, or its process died.</summary>
    Interrupted = 2,

    /// <summary>All that is left closes by itself at known times; it has to be read again then.</summary>
    Waiting = 3,

    /// <summary>Action is needed: data was found again, could not be read, is held, or belongs to another owner.</summary>
    ActionNeeded = 4,

    /// <summary>Every location is settled; or nothing was to be erased, and the answer was noted.</summary>
    Closed = 5,
}
