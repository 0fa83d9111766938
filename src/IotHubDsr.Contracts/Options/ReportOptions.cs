namespace IotHubDsr;

/// <summary>Options of the report of a request.</summary>
public sealed record ReportOptions : RequestStoreOptions
{
    /// <summary>ID of the request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Full path of the HTML file to make; it must not exist.</summary>
    public required string Path { get; init; }
}
