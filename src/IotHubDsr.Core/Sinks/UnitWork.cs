using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace IotHubDsr.Core.Sinks;

/// <summary>Work on places that are split simply: not at all, or into groups of what the call is about.</summary>
internal static class UnitWork
{
    /// <summary>How many devices are worked on together where each takes calls of its own.</summary>
    public const int DevicesOfUnit = 64;

    /// <summary>Work on a place that is one unit.</summary>
    public static IUnitWork<TResult> Whole<TResult>(Func<CancellationToken, Task<TResult>> work) => new WholeWork<TResult>(work);

    /// <summary>Work on groups of inputs, of which each gives its results; they are put together in the order of the inputs.</summary>
    /// <param name="inputs">What the work is about.</param>
    /// <param name="size">How many make a unit.</param>
    /// <param name="work">Gives the results of one unit.</param>
    /// <param name="inOrder">Whether each unit must wait for the one before.</param>
    public static IUnitWork<IReadOnlyList<TResult>> OfGroups<TInput, TResult>(
        IReadOnlyList<TInput> inputs,
        int size,
        Func<IReadOnlyList<TInput>, CancellationToken, Task<IReadOnlyList<TResult>>> work,
        bool inOrder = false
    ) => new GroupedWork<TInput, TResult>(inputs, size, work, inOrder);

    /// <summary>The same work, of whose result something else is made.</summary>
    public static IUnitWork<TResult> Select<TPart, TResult>(this IUnitWork<TPart> work, Func<TPart, TResult> make) =>
        new MadeWork<TPart, TResult>(work, make);

    private sealed class WholeWork<TResult>(Func<CancellationToken, Task<TResult>> work) : IUnitWork<TResult>
    {
        private Task<TResult>? _done;

        public bool IsSplit => _done is not null;

        public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return new WorkUnit(0);
        }

        public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) => await (_done = work(cancellationToken));

        public Task<TResult> CompleteAsync(CancellationToken cancellationToken) => _done!;

        public void Dispose() { }
    }

    private sealed class GroupedWork<TInput, TResult>(
        IReadOnlyList<TInput> inputs,
        int size,
        Func<IReadOnlyList<TInput>, CancellationToken, Task<IReadOnlyList<TResult>>> work,
        bool inOrder
    ) : IUnitWork<IReadOnlyList<TResult>>
    {
        private readonly ConcurrentDictionary<int, IReadOnlyList<TResult>> _results = new();

        public bool IsInOrder => inOrder;

        public bool IsSplit { get; private set; }

        public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            int number = 0;
            foreach (TInput[] group in inputs.Chunk(size))
                yield return new WorkUnit<TInput>(number++, group);
            IsSplit = true;
        }

        public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) =>
            _results[unit.Number] = await work(((WorkUnit<TInput>)unit).Items, cancellationToken);

        public Task<IReadOnlyList<TResult>> CompleteAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<TResult>>([.. _results.OrderBy(group => group.Key).SelectMany(group => group.Value)]);

        public void Dispose() { }
    }

    private sealed class MadeWork<TPart, TResult>(IUnitWork<TPart> work, Func<TPart, TResult> make) : IUnitWork<TResult>
    {
        public bool IsInOrder => work.IsInOrder;

        public bool IsSplit => work.IsSplit;

        public IAsyncEnumerable<WorkUnit> SplitAsync(CancellationToken cancellationToken) => work.SplitAsync(cancellationToken);

        public ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) => work.DoAsync(unit, cancellationToken);

        public async Task<TResult> CompleteAsync(CancellationToken cancellationToken) => make(await work.CompleteAsync(cancellationToken));

        public void Dispose() => work.Dispose();
    }
}
