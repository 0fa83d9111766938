using System.Management.Automation;

namespace IotHubDsr.Module.Tests;

/// <summary>Hands on what is piped, and signals when the pipeline is stopped: the commands before it have been told by then.</summary>
[Cmdlet(VerbsCommon.Watch, "Stop")]
public sealed class WatchStopCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Mandatory = true)]
    public ManualResetEventSlim? Signal { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            WriteObject(InputObject);
    }

    protected override void StopProcessing() => Signal!.Set();
}
