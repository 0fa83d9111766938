using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Erases what every location holds of devices: plans, asks, erases, reads again.</summary>
[Cmdlet(VerbsCommon.Remove, "IotDeviceData", DefaultParameterSetName = "DeviceId", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ErasureReceipt))]
public sealed class RemoveIotDeviceDataCommand : DeviceCommand
{
    private ErasurePlan? _plan;

    /// <summary>Also erases messages that a gateway relayed for other devices.</summary>
    [Parameter]
    public SwitchParameter IncludeRelayed { get; set; }

    /// <summary>Also erases old versions, snapshots and soft-deleted copies where the service allows it.</summary>
    [Parameter]
    public SwitchParameter IncludeOldVersions { get; set; }

    /// <summary>Does not prompt.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override IAsyncEnumerable<DsrEvent> Start(
        DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken) => Engine.PlanAsync(
            new PlanRequest
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                ThrottleLimit = ThrottleLimit,
                IncludeRelayed = IncludeRelayed,
                IncludeOldVersions = IncludeOldVersions,
            },
            cancellationToken);

    private protected override void OnOutput(object value)
    {
        if (value is ErasurePlan plan)
            _plan = plan;
        else
            WriteObject(value);
    }

    private protected override void OnEnd(DsrContext context)
    {
        if (_plan is null)
            return;

        List<ErasureStep> approved = _plan.Steps
            .Where(step => step.Action == ErasureAction.Erase && Approve(Force, step.Target, "Erase device data"))
            .ToList();
        if (IsWhatIf())
            return;

        var request = new ErasureRequest
        {
            Context = context,
            Plan = _plan,
            Approved = approved,
            IncludeRelayed = IncludeRelayed,
            IncludeOldVersions = IncludeOldVersions,
            ThrottleLimit = ThrottleLimit,
        };
        Run(cancellationToken => Engine.EraseAsync(request, cancellationToken));
    }
}
