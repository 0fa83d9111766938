using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Shows of how many blobs the device index knows the devices, since when, and its size.</summary>
[Cmdlet(VerbsCommon.Get, "IotDeviceIndex")]
[OutputType(typeof(DeviceIndexCoverage))]
public sealed partial class GetIotDeviceIndexCommand : DsrCommand
{
    [Composed]
    private readonly ContextParameters _connection = new();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        var options = new IndexOptions { Context = _connection.Require(this) };
        Run(cancellationToken => Engine.GetIndexAsync(options, cancellationToken));
    }
}
