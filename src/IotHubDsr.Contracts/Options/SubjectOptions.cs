namespace IotHubDsr;

/// <summary>Which devices an operation is about: those that arrive, and those that a query finds.</summary>
public abstract record SubjectOptions
{
    /// <summary>The connection.</summary>
    public required DsrContext Context { get; init; }

    /// <summary>Device IDs as they arrive from the pipeline; the sequence ends when the pipeline does.</summary>
    public required IAsyncEnumerable<string> DeviceIds { get; init; }

    /// <summary>An IoT Hub WHERE clause, such as <c>tags.owner = 'x'</c>; null when devices are named.</summary>
    public string? Query { get; init; }

    /// <summary>How many blobs or devices to process at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;
}
