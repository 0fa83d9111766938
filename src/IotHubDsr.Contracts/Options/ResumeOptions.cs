namespace IotHubDsr;

/// <summary>Options to resume a request, or to read its locations again.</summary>
public sealed record ResumeOptions : RequestStoreOptions
{
    /// <summary>ID of the request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Who does it.</summary>
    public Performer Performer { get; init; } = new();

    /// <summary>How long to wait for another process that is working on the request.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How many blobs or devices to process at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>
    /// Whether workers do what can be split; the request is then kept in a blob container. False when all is done in this process.
    /// </summary>
    public bool Distributed { get; init; }
}
