using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>A plan that was made before, and what must hold before it is run.</summary>
internal sealed class PlanParameters
{
    /// <summary>A plan that New-IotErasurePlan made, or the file that it was saved to; exactly it is run.</summary>
    // By property name as well: PowerShell settles for the default set, before it sees the input, when only that one takes property names.
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public ErasurePlanSource? Plan { get; set; }

    /// <summary>By how many records a location may differ from what the plan expects.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Tolerance { get; set; }

    [Composed]
    public ApprovalParameters Approval { get; } = new();

    /// <summary>How to check whether a plan still holds.</summary>
    public ConfirmPlanOptions ToOptions(
        DsrContext context,
        ErasurePlanSource source,
        PerformerParameters performer,
        int throttleLimit,
        DsrCommand command
    ) =>
        new()
        {
            Context = context,
            Plan = source as ErasurePlan,
            Path = source is ErasurePlan ? null : command.Paths.OfFile(source.Path),
            Tolerance = Tolerance,
            Approval = Approval.ToRequirement(performer, command),
            ThrottleLimit = throttleLimit,
        };
}
