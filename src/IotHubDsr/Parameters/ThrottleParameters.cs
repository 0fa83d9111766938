using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>How much a command does at once.</summary>
internal sealed class ThrottleParameters
{
    /// <summary>How many blobs or devices to process at once.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;
}
