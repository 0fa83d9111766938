namespace IotHubDsr;

/// <summary>Whether messages come into a location.</summary>
public enum LocationInflow
{
    /// <summary>Messages come in.</summary>
    Open = 0,

    /// <summary>No route or setting lets messages in any more; what was accepted before can still be on its way.</summary>
    Closed = 1,

    /// <summary>
    /// The hub reports trouble with its deliveries, or does not say how they stand: messages can wait for the location for longer than
    /// usual.
    /// </summary>
    Queued = 2,
}
