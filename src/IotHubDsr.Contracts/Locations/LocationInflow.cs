namespace IotHubDsr;

/// <summary>Whether messages arrive in a location.</summary>
public enum LocationInflow
{
    /// <summary>Messages arrive.</summary>
    Open = 0,

    /// <summary>No route or setting leads here any more; messages accepted before can still be under way.</summary>
    Closed = 1,

    /// <summary>
    /// The hub reports failing deliveries, or does not report their health: messages can be queued for the location longer than usual.
    /// </summary>
    Queued = 2,
}
