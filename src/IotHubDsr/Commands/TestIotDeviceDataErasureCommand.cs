using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Reads every location of requests again and certifies what is found; it erases nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IotDeviceDataErasure")]
[OutputType(typeof(ErasureReceipt))]
public sealed partial class TestIotDeviceDataErasureCommand : DsrCommand
{
    [Composed]
    private readonly RequestRunParameters _run = new();
    private RequestFeed _feed = null!;

    /// <inheritdoc />
    protected override void BeginProcessing() => _feed = new RequestFeed(this, _run);

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        foreach (ResumeOptions options in _feed.Take())
            RunOne(cancellationToken => Engine.VerifyAsync(options, cancellationToken));
    }
}
