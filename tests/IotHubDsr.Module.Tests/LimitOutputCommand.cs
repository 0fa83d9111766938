using System.Management.Automation;

namespace IotHubDsr.Module.Tests;

/// <summary>
/// Select-Object -First: the module that has it is not part of a hosted runspace. The exception by which it stops what runs before it
/// in the pipeline is PowerShell's own and not public, and a look-alike would prove nothing.
/// </summary>
[Cmdlet("Limit", "Output")]
public sealed class LimitOutputCommand : PSCmdlet
{
    private int _count;

    [Parameter(Mandatory = true)]
    public int First { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        if (++_count < First)
            return;
        Type stop = typeof(PSCmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(stop, this)!;
    }
}
