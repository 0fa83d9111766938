using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Reads every location of requests again and certifies what is found; it erases nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IotDeviceDataErasure")]
[OutputType(typeof(ErasureReceipt))]
public sealed class TestIotDeviceDataErasureCommand : RequestRunCommand
{
    private protected override void Work(ResumeOptions options) =>
        RunOne(cancellationToken => Engine.VerifyAsync(options, cancellationToken));
}
