namespace IotHubDsr;

/// <summary>Options of the operations on the device index, which is kept in the request store of the connection.</summary>
public sealed record IndexOptions
{
    /// <summary>The connection.</summary>
    public required DsrContext Context { get; init; }

    /// <summary>How many blobs to process at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;
}
