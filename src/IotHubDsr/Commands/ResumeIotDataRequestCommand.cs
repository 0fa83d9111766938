using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Continues requests that did not end, or closes what was pending.</summary>
[Cmdlet(VerbsLifecycle.Resume, "IotDataRequest", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ErasureReceipt))]
public sealed class ResumeIotDataRequestCommand : RequestRunCommand
{
    /// <summary>Suppresses the confirmation prompt.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool Asks => true;

    private protected override bool IsForced => Force;

    private protected override void Work(ResumeOptions options) =>
        RunOne(cancellationToken => Engine.ResumeAsync(options, cancellationToken));
}
