using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>Where a command does its work.</summary>
internal sealed class DistributionParameters
{
    /// <summary>Lets workers do what can be split (see Start-IotDsrWorker); the request store must be a blob container.</summary>
    [Parameter]
    public SwitchParameter Distributed { get; set; }
}
