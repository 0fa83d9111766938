namespace IotHubDsr.Core.Sinks;

/// <summary>
/// A part of the work on a place, small enough to be done again: some blobs, some devices, a partition, a slice of time. It carries no
/// personal data but what the place itself has as names.
/// </summary>
/// <param name="Number">Its place in the order of the units, from 0.</param>
internal record WorkUnit(int Number);

/// <summary>Some things of a place that are worked on together.</summary>
/// <param name="Number">Its place in the order of the units, from 0.</param>
/// <param name="Items">The things.</param>
internal sealed record WorkUnit<T>(int Number, IReadOnlyList<T> Items) : WorkUnit(Number);

/// <summary>
/// Work on one place, which it splits into units. A scheduler does them, at once and in any order unless <see cref="IsInOrder"/>; what they
/// show is put together at the end. It belongs to one call, and is disposed of however the work ends.
/// </summary>
/// <typeparam name="TResult">What the whole work gives.</typeparam>
internal interface IUnitWork<TResult> : IDisposable
{
    /// <summary>Whether each unit must wait for the one before.</summary>
    bool IsInOrder => false;

    /// <summary>
    /// Whether nothing is left to split. It is asked before each round: where things come or change while others are worked on, or where
    /// one kind of work must wait for another, there are several.
    /// </summary>
    bool IsSplit { get; }

    /// <summary>The units of a round, while they become known: a place can hold more than fits into memory.</summary>
    IAsyncEnumerable<WorkUnit> SplitAsync(CancellationToken cancellationToken);

    /// <summary>Does one of the units that <see cref="SplitAsync"/> gave; several run at once.</summary>
    /// <exception cref="DsrException">The place as a whole cannot be worked on.</exception>
    ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken);

    /// <summary>What all units together show. Called once, when all are done.</summary>
    Task<TResult> CompleteAsync(CancellationToken cancellationToken);
}
