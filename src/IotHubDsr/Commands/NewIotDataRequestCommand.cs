using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Registers a data subject request, from which the time limits count.</summary>
[Cmdlet(
    VerbsCommon.New,
    "IotDataRequest",
    DefaultParameterSetName = ByDeviceId,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
[OutputType(typeof(DataRequest))]
public sealed class NewIotDataRequestCommand : DeviceCommand
{
    /// <summary>When the request reached the controller; by default now.</summary>
    [Parameter]
    [DateTransformation]
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>How the person was identified, in words.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdentityEvidence { get; set; }

    /// <summary>Folder or blob container (https URI) of the requests; that of a piped request, or else that of the connection.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RequestStore { get; set; }

    /// <summary>Every plan that is run for the request must have been approved by another person.</summary>
    [Parameter]
    public SwitchParameter RequireApproval { get; set; }

    private protected override string? InStore => RequestStore;

    private protected override bool ApproveStart() =>
        ShouldProcess(
            $"{StorePath(RequestStore) ?? RequireContext().RequestStore}, about {RequireContext().HubHostName}",
            "Register a data subject request"
        );

    private protected override IAsyncEnumerable<DsrEvent> Start(
        DsrContext context,
        IAsyncEnumerable<string> deviceIds,
        CancellationToken cancellationToken
    ) =>
        Engine.RegisterAsync(
            new RegisterOptions
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                ThrottleLimit = ThrottleLimit,
                Store = StorePath(RequestStore),
                ReceivedAt = IfBound(nameof(ReceivedAt), ReceivedAt),
                IdentityEvidence = IdentityEvidence,
                RequireApproval = RequireApproval,
            },
            cancellationToken
        );
}
