using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Lists every location where data about devices of the hub can be.</summary>
[Cmdlet(VerbsCommon.Get, "IotDataLocation")]
[OutputType(typeof(DataLocation))]
public sealed class GetIotDataLocationCommand : DsrContextCommand
{
    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        DsrContext context = RequireContext();
        Run(cancellationToken => Engine.GetLocationsAsync(context, cancellationToken));
    }
}
