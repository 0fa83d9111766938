using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>Whether a reading goes by the device index.</summary>
internal sealed class IndexParameters
{
    /// <summary>Reads every blob, also those that the device index tells hold nothing of the devices, and adds nothing to the index.</summary>
    [Parameter]
    public SwitchParameter NoIndex { get; set; }
}
