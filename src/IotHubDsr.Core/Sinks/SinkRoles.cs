using System.Collections.Frozen;

namespace IotHubDsr.Core.Sinks;

/// <summary>Finds what places of one kind hold of devices.</summary>
/// <remarks>
/// The roles of a sink know nothing of requests, of other sinks, or of how their results are shown; they are made once per connection and
/// used by several operations at once. A role throws <see cref="DsrException"/> when a place as a whole could not be worked on: the engine
/// turns it into verdicts for every subject and goes on elsewhere. What fails in a part goes to <see cref="SinkCall.ReportAsync"/>, and then
/// no subject may be called absent from that place. What a role does is split into units (<see cref="IUnitWork{TResult}"/>), which may be
/// done at once.
/// </remarks>
internal interface IFinder
{
    /// <summary>Finds what the place holds of the subjects; gives exactly one finding for each.</summary>
    IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds);
}

/// <summary>Copies what places of one kind hold of devices. See <see cref="IFinder"/> for what holds of all roles.</summary>
internal interface IExporter
{
    /// <summary>Copies what the place holds of the subjects into a package; gives exactly one line of accounts for each.</summary>
    IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target);
}

/// <summary>Erases what was found in places of one kind. See <see cref="IFinder"/> for what holds of all roles.</summary>
internal interface IEraser
{
    /// <summary>
    /// Erases what was found; gives exactly one outcome for each finding. It is announced before each destructive call. What a service only
    /// accepts, and carries out later, is a ticket (<see cref="SinkCall.TakeAsync"/>), and counts as nothing erased. The engine reads the
    /// place again afterwards.
    /// </summary>
    IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings);
}

/// <summary>Asks what became of erasures that a service carries out later. See <see cref="IFinder"/> for what holds of all roles.</summary>
internal interface ITicketReader
{
    /// <summary>
    /// Asks the service for orders that <see cref="SinkCall.TakeAsync"/> has recorded, in this run or an earlier one; an order without an
    /// answer counts as pending.
    /// </summary>
    Task<IReadOnlyList<TicketAnswer>> AskAsync(SinkCall call, IReadOnlyList<ErasureTicket> tickets, CancellationToken cancellationToken);
}

/// <summary>Says how long places of one kind take at least: their service allows only so many calls in a time.</summary>
internal interface IPaced
{
    /// <param name="location">The place.</param>
    /// <param name="findings">What was found there.</param>
    /// <param name="readings">How often it is read again.</param>
    TimeSpan TimeFor(DataLocation location, IReadOnlyCollection<DeviceDataFinding> findings, int readings);
}

/// <summary>What erasing did to one subject in one location.</summary>
/// <param name="DeviceId">The subject.</param>
/// <param name="RecordsErased">Records that are no longer in the current state of the location.</param>
/// <param name="ItemsChanged">Documents deleted or blobs replaced.</param>
internal sealed record ErasureOutcome(string DeviceId, long RecordsErased, int ItemsChanged)
{
    /// <summary>The failure that kept the step from being done; null when all was done.</summary>
    public Fault? Fault { get; init; }

    /// <summary>
    /// What doing the work showed: the state of the items in <see cref="Left"/>, or that nothing can be certified
    /// (<see cref="IotHubDsr.Verdict.Unknown"/>). Null when the next read decides alone.
    /// </summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Paths of the items that were left as they are on purpose: held, or too young to be touched.</summary>
    public IReadOnlySet<string> Left { get; init; } = FrozenSet<string>.Empty;

    /// <summary>
    /// Paths of all items of the subject that were met, where doing the work shows more than a reading does: what an earlier run announced
    /// and is not among them is gone. Null where the work did not meet all, or a reading tells.
    /// </summary>
    public IReadOnlySet<string>? Met { get; init; }

    /// <summary>Until when <see cref="Verdict"/> holds.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A sentence about it.</summary>
    public string? Detail { get; init; }
}
