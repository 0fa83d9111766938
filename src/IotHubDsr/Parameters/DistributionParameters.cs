using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>Where a command does its work.</summary>
internal sealed class DistributionParameters
{
    /// <summary>Lets workers read what can be split (see Start-IotDsrWorker); the request store of the connection must be a blob container.</summary>
    [Parameter]
    public SwitchParameter Distributed { get; set; }
}
