using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>Under what a sink may destroy something in a location.</summary>
internal sealed record ErasureTerms
{
    /// <summary>Puts on record what is about to be destroyed.</summary>
    public required Func<Announcement, CancellationToken, ValueTask> Record { get; init; }

    /// <inheritdoc cref="SinkCall.Take" />
    public required Func<ErasureTicket, CancellationToken, ValueTask> Take { get; init; }

    /// <inheritdoc cref="SinkCall.Withdraw" />
    public required Func<string, CancellationToken, ValueTask> Withdraw { get; init; }

    /// <inheritdoc cref="SinkCall.Tickets" />
    public required IReadOnlyList<ErasureTicket> Tickets { get; init; }

    /// <inheritdoc cref="SinkCall.Earlier" />
    public required IReadOnlyDictionary<string, string> Earlier { get; init; }

    /// <inheritdoc cref="SinkCall.Held" />
    public required ILookup<string, string> Held { get; init; }

    /// <inheritdoc cref="SinkCall.HeldDevices" />
    public required IReadOnlyCollection<string> HeldDevices { get; init; }

    /// <inheritdoc cref="SinkCall.Bounds" />
    public required IReadOnlyDictionary<string, RecordBound> Bounds { get; init; }

    /// <inheritdoc cref="SinkCall.DoubtOfAsync" />
    public required Func<string, CancellationToken, Task<Fault?>> Doubt { get; init; }

    /// <inheritdoc cref="SinkCall.Allowance" />
    public required ErasureAllowance Allowance { get; init; }
}
