namespace IotHubDsr;

/// <summary>Which requests to list.</summary>
public sealed record DataRequestQuery : RequestStoreOptions
{
    /// <summary>IDs of requests; all when empty.</summary>
    public IReadOnlyList<string> RequestIds { get; init; } = [];

    /// <summary>Only requests that are not closed, the most urgent first.</summary>
    public bool Due { get; init; }

    /// <summary>With <see cref="Due"/>, only requests of which something is due within this time.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>Full path of a file to write a bundle without personal data to; null when none is wanted.</summary>
    public string? DiagnosticsPath { get; init; }
}
