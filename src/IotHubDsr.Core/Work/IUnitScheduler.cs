using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Work;

/// <summary>Does the units of work on places.</summary>
internal interface IUnitScheduler
{
    /// <summary>Does all units of the work on one place, round by round, and gives what they show together.</summary>
    /// <param name="work">The work; it is disposed of.</param>
    /// <param name="gate">What bounds all that the operation does at once.</param>
    /// <param name="cancellationToken">Ends it; units that have begun are waited for.</param>
    Task<TResult> RunAsync<TResult>(IUnitWork<TResult> work, WorkGate gate, CancellationToken cancellationToken);
}
