using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>Work whose units only wait, as most of a unit's time is latency; each shows when it began and when it ended.</summary>
internal sealed class LatencyWork(int units, TimeSpan length) : IUnitWork<IReadOnlyList<LatencyUnit>>, IPortableWork
{
    private readonly ConcurrentBag<LatencyUnit> _shown = [];

    public bool IsSplit { get; private set; }

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        for (int unit = 0; unit < units; unit++)
            yield return new WorkUnit(unit);
        IsSplit = true;
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) =>
        _shown.Add(await LatencyUnit.RunAsync(length, cancellationToken));

    public Task<IReadOnlyList<LatencyUnit>> CompleteAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LatencyUnit>>([.. _shown]);

    public void Dispose() { }

    public Task<PackedUnit?> PackAsync(WorkUnit unit, CancellationToken cancellationToken) =>
        Task.FromResult<PackedUnit?>(new PackedUnit(Text($"{unit.Number} {length.Ticks}"), Bytes: 1));

    public Task<byte[]> DoPackedAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken) =>
        LatencyUnit.DoAsync(packed, cancellationToken);

    public Task TakeAsync(ReadOnlyMemory<byte> packed, ReadOnlyMemory<byte> shown, CancellationToken cancellationToken)
    {
        _shown.Add(LatencyUnit.Read(shown));
        return Task.CompletedTask;
    }

    public Task GiveUpAsync(ReadOnlyMemory<byte> packed, Fault fault, CancellationToken cancellationToken) => throw new DsrException(fault);

    private static byte[] Text(FormattableString text) => Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture));
}

/// <summary>When a unit began and ended, in ticks of the machine's clock.</summary>
internal sealed record LatencyUnit(long Began, long Ended)
{
    public static async Task<LatencyUnit> RunAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        long began = TimeProvider.System.GetUtcNow().Ticks;
        await Task.Delay(length, cancellationToken);
        return new LatencyUnit(began, TimeProvider.System.GetUtcNow().Ticks);
    }

    public static async Task<byte[]> DoAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken)
    {
        string ticks = Encoding.ASCII.GetString(packed.Span).Split(' ')[1];
        LatencyUnit unit = await RunAsync(new TimeSpan(long.Parse(ticks, CultureInfo.InvariantCulture)), cancellationToken);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{unit.Began} {unit.Ended}"));
    }

    public static LatencyUnit Read(ReadOnlyMemory<byte> shown)
    {
        string[] ticks = Encoding.ASCII.GetString(shown.Span).Split(' ');
        return new LatencyUnit(long.Parse(ticks[0], CultureInfo.InvariantCulture), long.Parse(ticks[1], CultureInfo.InvariantCulture));
    }
}
