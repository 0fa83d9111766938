using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Ends a sandbox that this session started.</summary>
[Cmdlet(VerbsLifecycle.Stop, "IotHubSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class StopIotHubSandboxCommand : DsrCommand
{
    /// <summary>The sandbox that Start-IotHubSandbox returned.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public IotHubSandbox? Sandbox { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (ShouldProcess(Sandbox!.ToString(), "Stop"))
            Run(cancellationToken => Engine.StopSandboxAsync(Sandbox.ProcessId, cancellationToken));
    }
}
