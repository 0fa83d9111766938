using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>One step as it is tried now.</summary>
internal sealed class ErasureAttempt(RequestStep step, Fault? fault)
{
    public RequestStep Step => step;

    public Fault? Fault { get; set; } = fault;

    public required DeviceDataFinding Finding { get; init; }

    /// <summary>What the operator holds, and the finding therefore lacks.</summary>
    public required List<SeenItem> Held { get; init; }

    /// <summary>What earlier runs announced and turned out to have done.</summary>
    public required AnnouncedWork? Earlier { get; set; }

    /// <summary>
    /// Whether earlier runs announced something of which the reading does not tell whether it is gone: unless doing the work does, nothing
    /// is accounted for, and the next run counts all of it.
    /// </summary>
    public bool IsUndetermined { get; set; }

    /// <summary>What is there beyond the plan, and stays; null when there is nothing.</summary>
    public required Fault? Beyond { get; init; }

    public ErasureOutcome? Outcome { get; set; }

    // A call without an outcome leaves open what it did: then nothing is accounted for, so that the next run counts all of it.
    public long Records => step.Before.Erased + (LeavesOpen ? 0 : (Earlier?.Records ?? 0) + Outcome!.RecordsErased);

    public int Changes => step.Before.Changes + (LeavesOpen ? 0 : (Earlier?.Changes ?? 0) + Outcome!.ItemsChanged);

    public DateTimeOffset? DoneAt => Earlier?.FirstAt;

    private bool LeavesOpen => Outcome is null || IsUndetermined;

    /// <param name="isOrdered">Whether a service is to carry it out later.</param>
    public void Settle(bool isOrdered)
    {
        ErasureOutcome outcome = Outcome ?? new ErasureOutcome(step.DeviceId, 0, 0) { Fault = Fault, Detail = Fault?.Message };
        step.Outcome = outcome with { RecordsErased = Records, ItemsChanged = Changes, Fault = outcome.Fault ?? Beyond };
        step.IsTried = true;
        step.IsSettled = !isOrdered && !IsUndetermined && step.Outcome is { Fault: null, Verdict: null } && Held.Count == 0;
    }
}
