using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>What Export-IotDataRequestReport takes, in the order of its syntax.</summary>
internal sealed class ReportParameters
{
    [Composed]
    public RequestParameters Request { get; } = new();

    /// <summary>HTML file to make; it must not exist.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    [Composed]
    public StoreAccessParameters Requests { get; } = new();
}
