using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Makes the plan of an erasure, to be reviewed and run later; it changes nothing in Azure.</summary>
[Cmdlet(
    VerbsCommon.New,
    "IotErasurePlan",
    DefaultParameterSetName = ByDeviceId,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
[OutputType(typeof(ErasurePlan))]
public sealed class NewIotErasurePlanCommand : ScopedDeviceCommand
{
    /// <summary>File to save the plan to; it must not exist.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Plans to erase messages that a gateway relayed for other devices, too.</summary>
    [Parameter]
    public SwitchParameter IncludeRelayed { get; set; }

    /// <summary>Plans to erase old versions, snapshots and soft-deleted copies, too, where the service allows it.</summary>
    [Parameter]
    public SwitchParameter IncludeOldVersions { get; set; }

    /// <summary>Plans to delete a shared blob that keeps no record, instead of leaving it without any.</summary>
    [Parameter]
    public SwitchParameter DeleteEmptied { get; set; }

    private protected override IAsyncEnumerable<DsrEvent> Start(
        DsrContext context,
        IAsyncEnumerable<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        string? path = FilePath(Path);
        var options = new PlanOptions
        {
            Context = context,
            DeviceIds = deviceIds,
            Query = Query,
            ThrottleLimit = ThrottleLimit,
            Erasure = new ErasureOptions
            {
                Scope = Scope,
                IncludeRelayed = IncludeRelayed,
                IncludeOldVersions = IncludeOldVersions,
                DeleteEmptied = DeleteEmptied,
            },
            Path = path is not null && ShouldProcess($"{path}, for {context.HubHostName}", "Save the erasure plan") ? path : null,
        };
        return Engine.PlanAsync(options, cancellationToken);
    }
}
