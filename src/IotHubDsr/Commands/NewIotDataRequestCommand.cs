using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Registers a data subject request, from which the time limits count.</summary>
[Cmdlet(VerbsCommon.New, "IotDataRequest", DefaultParameterSetName = ByDeviceId, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(DataRequest))]
public sealed class NewIotDataRequestCommand : RegisteringCommand
{
    private protected override bool ApproveStart() => ShouldProcess(Store ?? RequireContext().RequestStore, "Register a data subject request");

    private protected override IAsyncEnumerable<DsrEvent> Start(
        DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken) => Engine.RegisterAsync(
            new RegisterRequest
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                ThrottleLimit = ThrottleLimit,
                Store = Store,
                ReceivedAt = Received,
                IdentityEvidence = IdentityEvidence,
            },
            cancellationToken);
}
