using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Registers a data subject request, from which the time limits count.</summary>
[Cmdlet(
    VerbsCommon.New,
    "IotDataRequest",
    DefaultParameterSetName = ParameterSets.ByDeviceId,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
[OutputType(typeof(DataRequest))]
public sealed partial class NewIotDataRequestCommand : DsrCommand
{
    [Composed]
    private readonly RegistrationParameters _registration = new();

    /// <summary>Every plan that is run for the request must have been approved by another person.</summary>
    [Composed(Only = [nameof(ApprovalParameters.RequireApproval)])]
    private readonly ApprovalParameters _approval = new();

    [Composed]
    private readonly DeviceParameters _devices = new();
    private DeviceFeed _feed = null!;

    /// <inheritdoc />
    protected override void BeginProcessing() =>
        _feed = new DeviceFeed(this, _devices, Start) { ApproveStart = ApproveStart, For = () => (null, RequestStore) };

    /// <inheritdoc />
    protected override void ProcessRecord() => _feed.Take();

    /// <inheritdoc />
    protected override void EndProcessing() => _feed.End();

    private bool ApproveStart()
    {
        DsrContext context = _devices.Connection.Require(this);
        return ShouldProcess(
            $"{Paths.OfStore(RequestStore) ?? context.RequestStore}, about {context.HubHostName}",
            "Register a data subject request"
        );
    }

    private IAsyncEnumerable<DsrEvent> Start(DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken) =>
        Engine.RegisterAsync(
            new RegisterOptions
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                ThrottleLimit = ThrottleLimit,
                Store = Paths.OfStore(RequestStore),
                ReceivedAt = _registration.Received(this),
                IdentityEvidence = IdentityEvidence,
                RequireApproval = RequireApproval,
            },
            cancellationToken
        );
}
