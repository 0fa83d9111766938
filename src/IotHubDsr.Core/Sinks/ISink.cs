using System.Collections.Frozen;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// The code that knows one kind of location. A sink knows nothing of requests, of other sinks, or of how its results are shown; it is made
/// once per connection and used by several operations at once.
/// </summary>
/// <remarks>
/// A sink throws <see cref="DsrException"/> if a location as a whole could not be processed: the engine turns it into verdicts for every
/// subject and continues elsewhere. What fails in a part goes to <see cref="SinkCall.ReportAsync"/>, and then no subject may be called
/// absent from that location.
/// </remarks>
internal interface ISink
{
    /// <summary>The kinds of location it knows.</summary>
    IReadOnlyCollection<string> Kinds { get; }

    /// <summary>What it can do there.</summary>
    LocationCapabilities Capabilities { get; }

    /// <summary>Whether one read of a location serves all subjects; if not, the sink is asked as each subject arrives.</summary>
    bool IsShared { get; }

    /// <summary>The scope filters that this sink supports.</summary>
    Narrowing Understands { get; }

    /// <summary>How it erases, for a certificate: a sentence without personal data.</summary>
    string Method { get; }

    /// <summary>How it reads a location for a verdict, for a certificate: a sentence without personal data.</summary>
    string Reading { get; }

    /// <summary>When it is its turn to erase.</summary>
    ErasureStage StageOf(string kind);

    /// <summary>Finds what the location holds about the subjects; returns exactly one finding for each.</summary>
    Task<IReadOnlyList<DeviceDataFinding>> FindAsync(SinkCall call, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken);

    /// <summary>Copies what the location holds about the subjects into a package; returns exactly one account for each.</summary>
    Task<IReadOnlyList<ExportCompleteness>> ExportAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        IExportTarget target,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Erases what was found; returns exactly one outcome for each finding. It is announced before each destructive call. The engine reads
    /// the location again afterwards.
    /// </summary>
    Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        SinkCall call,
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    );
}

/// <summary>The order in which sinks erase: what would write new traces comes before what they are written to.</summary>
internal enum ErasureStage
{
    /// <summary>What keeps the device from coming back.</summary>
    Return,

    /// <summary>What waits for the device.</summary>
    Queues,

    /// <summary>The device itself.</summary>
    Identity,

    /// <summary>Where its data was sent.</summary>
    Sinks,

    /// <summary>Where everything above leaves rows.</summary>
    Logs,
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
    /// (<see cref="IotHubDsr.Verdict.Unknown"/>). Null if the next reading decides alone.
    /// </summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Paths of the items that were left as they are on purpose: held, or too young to be touched.</summary>
    public IReadOnlySet<string> Left { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Until when <see cref="Verdict"/> holds.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A sentence about it.</summary>
    public string? Detail { get; init; }
}
