using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>Work that travels: each unit is a number, and shows its square.</summary>
internal sealed class SquaresWork(int rounds, int unitsOfRound) : IUnitWork<IReadOnlyList<long>>, IPortableWork
{
    private readonly ConcurrentBag<long> _shown = [];
    private int _round;

    /// <summary>What doing a unit does beside that; the same object in tests whose workers are in this process.</summary>
    public Func<int, CancellationToken, Task> Do { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>How many units were done when each round had ended.</summary>
    public List<int> DoneAtRoundsEnd { get; } = [];

    public List<string> GivenUp { get; } = [];

    public bool IsCompleted { get; private set; }

    public bool IsDisposed { get; private set; }

    public bool IsSplit
    {
        get
        {
            if (_round > 0)
                DoneAtRoundsEnd.Add(_shown.Count);
            return _round == rounds;
        }
    }

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int first = _round * unitsOfRound;
        for (int unit = 0; unit < unitsOfRound; unit++)
        {
            await Task.Yield();
            yield return new WorkUnit(first + unit);
        }

        _round++;
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        await Do(unit.Number, cancellationToken);
        _shown.Add((long)unit.Number * unit.Number);
    }

    public Task<IReadOnlyList<long>> CompleteAsync(CancellationToken cancellationToken)
    {
        IsCompleted = true;
        return Task.FromResult<IReadOnlyList<long>>([.. _shown.Order()]);
    }

    public void Dispose() => IsDisposed = true;

    public Task<PackedUnit?> PackAsync(WorkUnit unit, CancellationToken cancellationToken) =>
        Task.FromResult<PackedUnit?>(new PackedUnit(Bytes(unit.Number), 1_000));

    public async Task<byte[]> DoPackedAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken)
    {
        int number = (int)Number(packed);
        await Do(number, cancellationToken);
        return Bytes((long)number * number);
    }

    public Task TakeAsync(ReadOnlyMemory<byte> packed, ReadOnlyMemory<byte> shown, CancellationToken cancellationToken)
    {
        _shown.Add(Number(shown));
        return Task.CompletedTask;
    }

    public Task GiveUpAsync(ReadOnlyMemory<byte> packed, Fault fault, CancellationToken cancellationToken)
    {
        lock (GivenUp)
            GivenUp.Add($"{Number(packed)} {fault.Id}");
        return Task.CompletedTask;
    }

    private static byte[] Bytes(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static long Number(ReadOnlyMemory<byte> bytes) => long.Parse(bytes.Span, CultureInfo.InvariantCulture);
}
