using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Reads the blobs that the device index does not know yet, so that later readings need not.</summary>
[Cmdlet(VerbsData.Update, "IotDeviceIndex", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(DeviceIndexCoverage))]
public sealed partial class UpdateIotDeviceIndexCommand : DsrCommand
{
    [Composed]
    private readonly ThrottleParameters _throttle = new();

    [Composed]
    private readonly ContextParameters _connection = new();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        var options = new IndexOptions { Context = _connection.Require(this), ThrottleLimit = ThrottleLimit };
        Run(cancellationToken => Engine.UpdateIndexAsync(options, cancellationToken));
    }
}
