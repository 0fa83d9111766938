using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Finds the data that every location holds about devices.</summary>
[Cmdlet(VerbsCommon.Get, "IotDeviceDataFootprint", DefaultParameterSetName = "DeviceId")]
[OutputType(typeof(DeviceDataFinding))]
public sealed class GetIotDeviceDataFootprintCommand : ScopedDeviceCommand
{
    private protected override IAsyncEnumerable<DsrEvent> Start(
        DsrContext context,
        IAsyncEnumerable<string> deviceIds,
        CancellationToken cancellationToken
    ) =>
        Engine.FindAsync(
            new FootprintOptions
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                ThrottleLimit = ThrottleLimit,
                Scope = Scope,
            },
            cancellationToken
        );
}
