using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Sinks;

/// <summary>One call of a sink: the location, the choices of the request, and the way to tell the operation of what happens.</summary>
internal sealed class SinkCall(
    DataLocation location,
    SinkOptions options,
    Func<DsrEvent, CancellationToken, ValueTask> emit,
    Func<Announcement, CancellationToken, ValueTask>? record = null
)
{
    private readonly HashSet<Fault> _told = [];
    private int _faults;

    public DataLocation Location { get; } = location;

    public SinkOptions Options { get; } = options;

    /// <summary>
    /// Contents that earlier runs of the same request announced to replace: the digest of what had to stay (<see cref="ReplacedContent"/>),
    /// by ETag. Whether they were replaced, and by whom, is not known.
    /// </summary>
    public IReadOnlyDictionary<string, string> Earlier { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// Paths of items that an operator holds, each with the devices for which: they are not among the findings. What they hold of those
    /// devices is kept, regardless of who else is in them, and so is an old copy as a whole.
    /// </summary>
    public ILookup<string, string> Held { get; init; } = Array.Empty<string>().ToLookup(path => path);

    /// <summary>
    /// Devices for which an operator holds all of the location: of these everything is kept, also what no plan has shown.
    /// </summary>
    public IReadOnlyCollection<string> HeldDevices { get; init; } = [];

    /// <summary>By device ID, which records belong to the device that the plan knew; a device without an entry has no bound.</summary>
    public IReadOnlyDictionary<string, RecordBound> Bounds { get; init; } = FrozenDictionary<string, RecordBound>.Empty;

    /// <summary>
    /// Resource IDs of other locations that have a sink: what a place passes on to one of them is that location's to read and to erase, and
    /// its holds and refusals count.
    /// </summary>
    public IReadOnlySet<string> OtherPlaces { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What this look at a location shares with that at another; null where it is alone.</summary>
    public SharedReads? Shared { get; init; }

    /// <summary>What earlier readings of archives left of the devices in them; null where there is no index.</summary>
    public IndexStore? Index { get; init; }

    /// <summary>Where other processes leave what they copy; null where all is done in this one.</summary>
    public IUnitParts? Parts { get; set; }

    /// <summary>
    /// How the location was read just now, for a certificate: a sentence without personal data. Null where the sink's own says it all.
    /// </summary>
    public string? Reading { get; set; }

    /// <summary>Bounds what is done at once; shared with the other locations of the operation.</summary>
    public WorkGate Gate { get; init; } = new(options.ThrottleLimit);

    /// <summary>Generation IDs of the devices that a plan knew, or that the registry has shown to this operation, by device ID.</summary>
    public ConcurrentDictionary<string, string> Generations { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// When earlier runs of the request, or this one, last erased something of a device from the location; null where that is not known, or
    /// nothing was. A service can keep copies of what was erased that no reading shows.
    /// </summary>
    public Func<string, DateTimeOffset?> ErasedAt { get; init; } = static _ => null;

    /// <summary>What the plan shows of the location; nothing where no plan is run.</summary>
    public Func<IEnumerable<SeenItem>> PlannedItems { get; init; } = static () => [];

    /// <summary>
    /// By when what a plan showed of a device was gone, if it is gone: the time at which it was first found so, which is now at the latest.
    /// Null where no plan showed anything. Somebody else can have deleted it, and copies be kept of it all the same.
    /// </summary>
    public Func<string, DateTimeOffset?> GoneBy { get; init; } = static _ => null;

    /// <summary>How much more than was found may be erased; null where no plan is run.</summary>
    public ErasureAllowance? Allowance { get; init; }

    /// <summary>See <see cref="DoubtOfAsync"/>; null where no plan is run.</summary>
    public Func<string, CancellationToken, Task<Fault?>>? Doubt { get; init; }

    /// <summary>Orders to erase from the location that are not carried out yet.</summary>
    public IReadOnlyList<ErasureTicket> Tickets { get; init; } = [];

    /// <summary>Records a ticket; null where nothing is erased.</summary>
    public Func<ErasureTicket, CancellationToken, ValueTask>? Take { get; init; }

    /// <summary>Takes an unconfirmed ticket back; null where nothing is erased.</summary>
    public Func<string, CancellationToken, ValueTask>? Withdraw { get; init; }

    /// <summary>How many parts of the location failed so far.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>
    /// Asks the registry now whether a device ID still stands for the device of the plan: null if it does, or if nobody has the ID;
    /// otherwise why not, or why it is uncertain. Call it before changing something that was not there, in this state, when it was found.
    /// </summary>
    public Task<Fault?> DoubtOfAsync(string deviceId, CancellationToken cancellationToken) =>
        Doubt is null ? Task.FromResult<Fault?>(null) : Doubt(deviceId, cancellationToken);

    /// <summary>The devices, and which of their records are asked for.</summary>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="origin">The hub that they belong to; null when records do not tell.</param>
    public RecordSelection SelectionOf(IEnumerable<string> deviceIds, RecordOrigin? origin) => SelectionOf(deviceIds, origin, Bounds);

    /// <summary>The devices for which an item is held; without a path, those for which all of the location is.</summary>
    public IReadOnlyCollection<string> HeldIn(string? path) =>
        path is not null && Held.Contains(path) ? [.. Held[path].Union(HeldDevices, StringComparer.Ordinal)] : HeldDevices;

    /// <summary>
    /// What an erasure takes: the records of the devices, but those that are a held device's as well (<see cref="RecordSelection.Kept"/>).
    /// </summary>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="origin">The hub that they belong to; null when records do not tell.</param>
    /// <param name="path">The item, if it is about one.</param>
    public RecordSelection ErasableOf(IEnumerable<string> deviceIds, RecordOrigin? origin, string? path = null)
    {
        IReadOnlyCollection<string> held = HeldIn(path);
        return held.Count == 0
            ? SelectionOf(deviceIds, origin)
            : SelectionOf(deviceIds.Except(held, StringComparer.Ordinal).Concat(held), origin) with
            {
                Kept = held.ToFrozenSet(StringComparer.Ordinal),
            };
    }

    /// <summary>
    /// As <see cref="SelectionOf(IEnumerable{string}, RecordOrigin?)"/>, also records that may be another device's of the ID.
    /// </summary>
    public RecordSelection UnboundedSelectionOf(IEnumerable<string> deviceIds, RecordOrigin? origin) =>
        SelectionOf(deviceIds, origin, FrozenDictionary<string, RecordBound>.Empty);

    /// <summary>
    /// How many of the records that were sent under an ID are another device's than the one that the operation knows; where one generation
    /// is asked for there are none.
    /// </summary>
    public long CountOthers(SentGenerations sent, string deviceId) =>
        Options.Erasure.Scope.GenerationId is null ? sent.CountOthers(Generations.GetValueOrDefault(deviceId)) : 0;

    /// <summary>A missing permission or network that a part of a location meets is met by every part.</summary>
    public static bool ConcernsAll(Fault fault) =>
        fault.Category is FaultCategory.PermissionDenied or FaultCategory.AuthenticationError or FaultCategory.ConnectionError;

    /// <summary>
    /// A part of the location failed; the rest continues. A permission missing for one part is missing for all: it is reported once, for
    /// the location.
    /// </summary>
    public ValueTask ReportAsync(Fault fault, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _faults);
        Fault told = AtLocation(fault, Location);
        lock (_told)
        {
            if (!_told.Add(told))
                return ValueTask.CompletedTask;
        }

        return emit(new FaultEvent(told), cancellationToken);
    }

    /// <summary>
    /// A right that is missing for a part of a location, as one that is missing for the location, with the resource to assign it on.
    /// </summary>
    public static Fault AtLocation(Fault fault, DataLocation location)
    {
        if (fault.Id != FaultCatalogue.PermissionMissing.Id)
            return fault;
        bool isPart = fault.Target.StartsWith(location.Place, StringComparison.Ordinal);
        bool isKnown = location.ResourceId is null || fault.RecommendedAction.Contains(location.ResourceId, StringComparison.Ordinal);
        return fault with
        {
            Target = isPart ? location.ToString() : fault.Target,
            Message = isPart ? fault.Message.Replace(fault.Target, location.ToString(), StringComparison.Ordinal) : fault.Message,
            RecommendedAction = isKnown ? fault.RecommendedAction : $"{fault.RecommendedAction} The scope here is {location.ResourceId}.",
        };
    }

    public ValueTask NoteAsync(NoticeLevel level, string text, CancellationToken cancellationToken) =>
        emit(new NoticeEvent(level, text), cancellationToken);

    /// <param name="status">How far the sink has come, in words.</param>
    /// <param name="percent">0 to 100 when the total is known.</param>
    /// <param name="cancellationToken">Ends the wait for a slow reader of the events.</param>
    public ValueTask ProgressAsync(string status, int? percent, CancellationToken cancellationToken) =>
        emit(new ProgressEvent(Location.Id, Location.ToString(), status, percent), cancellationToken);

    /// <summary>Announces what is about to be destroyed. It returns once that is recorded: only then may the call be made.</summary>
    /// <param name="what">The documents or blobs, and the condition under which they are changed.</param>
    /// <param name="cancellationToken">Cancels the destructive call with it.</param>
    public async ValueTask AnnounceAsync(Announcement what, CancellationToken cancellationToken)
    {
        if (record is not null)
            await record(what, cancellationToken);
        await emit(new NoticeEvent(NoticeLevel.Verbose, $"{Location}: {what.Text}"), cancellationToken);
    }

    /// <summary>
    /// A service has accepted an order to erase. It is called at once: until it is recorded nobody knows the order, and a run that follows
    /// a crash gives it again.
    /// </summary>
    public async ValueTask TakeAsync(ErasureTicket ticket, CancellationToken cancellationToken)
    {
        if (Take is not null)
            await Take(ticket, cancellationToken);
        if (ticket.IsUnconfirmed)
            return;
        string due = ticket.DueBy is { } by ? string.Create(CultureInfo.InvariantCulture, $", which it promises by {by:u}") : string.Empty;
        await NoteAsync(
            NoticeLevel.Verbose,
            $"{Location}: the service has accepted the operation {ticket.Operation}{due}.",
            cancellationToken
        );
    }

    /// <summary>The service has refused an order whose unconfirmed ticket was taken.</summary>
    public ValueTask WithdrawAsync(string operation, CancellationToken cancellationToken) =>
        Withdraw is null ? ValueTask.CompletedTask : Withdraw(operation, cancellationToken);

    private RecordSelection SelectionOf(
        IEnumerable<string> deviceIds,
        RecordOrigin? origin,
        IReadOnlyDictionary<string, RecordBound> bounds
    )
    {
        RecordScope scope = Options.Erasure.Scope;
        IEnumerable<Subject> subjects = deviceIds
            .Distinct(StringComparer.Ordinal)
            .Select(id => new Subject(id)
            {
                GenerationId = scope.GenerationId,
                RegisteredGenerationId = scope.GenerationId ?? Generations.GetValueOrDefault(id),
                From = scope.StartTime,
                Before = scope.EndTime,
                Bound = bounds.GetValueOrDefault(id),
            });
        return new RecordSelection(SubjectIndex.Of(subjects, origin), Options.Erasure.IncludeRelayed, scope.IncludeMentioned);
    }
}

/// <summary>Options of an operation that sinks need.</summary>
/// <param name="ThrottleLimit">How many items to process at once, 1 to 64.</param>
internal sealed record SinkOptions(int ThrottleLimit)
{
    /// <summary>What the operation takes of the devices' data.</summary>
    public ErasureOptions Erasure { get; init; } = ErasureOptions.OwnAndCurrent;

    /// <summary>What is done with the index of devices.</summary>
    public IndexUse Index { get; init; } = IndexUse.Extend;
}
