using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Work;

/// <summary>Does the units of work on places: in this process, or in others.</summary>
internal interface IUnitScheduler
{
    /// <summary>Does all units of the work on one place, round by round, and gives what they show together.</summary>
    /// <param name="work">The work; it is disposed of.</param>
    /// <param name="order">What the work is for.</param>
    /// <param name="cancellationToken">Ends it; units that have begun in this process are waited for.</param>
    Task<TResult> RunAsync<TResult>(IUnitWork<TResult> work, UnitOrder order, CancellationToken cancellationToken);
}
