using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>One step of a plan in a run of its request.</summary>
/// <param name="step">The step.</param>
/// <param name="location">Its location as the hub's configuration has it now.</param>
/// <param name="isServed">Whether a sink reads there; if not, the configuration alone tells what is known.</param>
/// <param name="subject">The device under the request's key.</param>
/// <param name="before">What earlier runs left.</param>
internal sealed class RequestStep(ErasureStep step, DataLocation location, bool isServed, string subject, StepState before)
{
    /// <summary>
    /// The step of the plan, with its location as the hub's configuration has it now. It is made when it is asked for: there can be
    /// hundreds of thousands of steps.
    /// </summary>
    public ErasureStep Planned =>
        step with
        {
            Finding = isServed ? step.Finding with { Location = location } : Footprint.Unserved(step.DeviceId, location),
        };

    /// <summary>The device under the request's key.</summary>
    public string Subject => subject;

    /// <summary>What earlier runs left.</summary>
    public StepState Before => before;

    public DataLocation Location => location;

    public string DeviceId => step.DeviceId;

    /// <summary>The operator's hold on all of it.</summary>
    public Settlement? Hold { get; init; }

    /// <summary>What was done over all runs; null when nothing was tried.</summary>
    public ErasureOutcome? Outcome { get; set; }

    /// <summary>Whether all that was found has been erased.</summary>
    public bool IsSettled { get; set; } = before.IsSettled;

    /// <summary>What was found when the location was read again; null when it was not.</summary>
    public DeviceDataFinding? After { get; set; }

    /// <summary>Whether this run tried to erase.</summary>
    public bool IsTried { get; set; }

    /// <summary>Whether nothing can be done before a time that has not come yet.</summary>
    public bool IsWaiting(DateTimeOffset now) => before.Verdict is Verdict.ErasurePending or Verdict.Expiring && before.Until > now;

    /// <summary>Whether the location was read before, is not settled, and can be looked at again.</summary>
    public bool IsDue(DateTimeOffset now) => before.Verdict is not null && !before.IsFinal && !IsWaiting(now);
}
