using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Reads every location of requests again and certifies what is found; it erases nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IotDeviceDataErasure")]
[OutputType(typeof(ErasureReceipt))]
public sealed class TestIotDeviceDataErasureCommand : RequestRunCommand
{
    private protected override void Work(ContinueRequest request) =>
        RunOne(cancellationToken => Engine.VerifyAsync(request, cancellationToken));
}
