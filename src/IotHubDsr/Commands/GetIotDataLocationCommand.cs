using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Lists every location where data about devices of the hub can be.</summary>
[Cmdlet(VerbsCommon.Get, "IotDataLocation")]
[OutputType(typeof(DataLocation))]
public sealed partial class GetIotDataLocationCommand : DsrCommand
{
    [Composed]
    private readonly ContextParameters _connection = new();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        DsrContext context = _connection.Require(this);
        Run(cancellationToken => Engine.GetLocationsAsync(context, cancellationToken));
    }
}
