using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>Whether a command that asks by default goes on without.</summary>
internal sealed class ForceParameters
{
    /// <summary>Suppresses the confirmation prompt.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }
}
