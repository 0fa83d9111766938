using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Destroys the key and the entries of the device index.</summary>
[Cmdlet(VerbsCommon.Remove, "IotDeviceIndex", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed partial class RemoveIotDeviceIndexCommand : DsrCommand
{
    [Composed]
    private readonly ForceParameters _prompt = new();

    [Composed]
    private readonly ContextParameters _connection = new();

    private protected override bool IsForced => Force;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        var options = new IndexOptions { Context = _connection.Require(this) };
        Run(cancellationToken => Engine.RemoveIndexAsync(options, cancellationToken));
    }
}
