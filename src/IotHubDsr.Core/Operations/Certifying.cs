using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Issues the certificate of a run. It says nothing that the journal does not say, and names no device; the receipts, which do, are kept
/// beside it where they can be destroyed.
/// </summary>
internal sealed class Certifying(
    OpenRequest open,
    HubLocations locations,
    LocationReading reading,
    RunOptions options,
    OperationEvents events,
    TimeProvider time
)
{
    private const string LeftText =
        "Records that could only be connected with the device by others, which are or will be erased, can be about other devices as well: they "
        + "were left until they leave by retention.";

    private readonly DeviceNames _names = new(open.DeviceIds, open.Key);

    public async Task RunAsync(IReadOnlyList<ErasureReceipt> receipts, CancellationToken cancellationToken)
    {
        await open.Journal.CheckAsync(cancellationToken);
        IReadOnlyList<string> files = await open.Folder.ListAsync(cancellationToken);
        string? follows = await FindPredecessorAsync(files, cancellationToken);

        // What is there stays: also what a run left that died before it could put its certificate on record.
        int number = EvidenceFiles.FreeNumber([.. files, .. open.State.Certificates.Select(one => one.Certificate.File)]);
        string name = EvidenceFiles.Certificate(number);
        (byte[] certificate, bool isSigned) = await WriteAsync(ToContent(receipts) with { Follows = follows }, cancellationToken);
        await open.Folder.SaveAsync(EvidenceFiles.Outcome(number), OutcomeFile.Write(receipts), cancellationToken);
        await open.Folder.SaveAsync(name, certificate, cancellationToken);
        await open.Journal.AppendAsync(new Certified(name, Digests.Of(certificate), isSigned), cancellationToken);
        string text = $"The certificate is {open.Folder.PlaceOf(name)}{(isSigned ? string.Empty : "; it is not signed")}.";
        await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, text), cancellationToken);
    }

    /// <summary>
    /// The digest of the certificate before: one that no line of the journal names is reported, and followed, so that no two certificates
    /// of the request claim the same place.
    /// </summary>
    private async Task<string?> FindPredecessorAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        string? last = open.State.Certificates is [.., { } recorded] ? recorded.Certificate.Digest : null;
        foreach (string file in CertificateHistory.Unrecorded(files, open.State))
        {
            byte[] content = await open.Folder.ReadAsync(file, cancellationToken) ?? [];
            bool isOurs = CertificateHistory.Read(content)?.RequestId == open.Folder.RequestId;
            last = isOurs ? Digests.Of(content) : last;
            string text =
                $"No line of the journal names {open.Folder.PlaceOf(file)}: the run that issued it ended before it could. It is kept"
                + (isOurs ? "; the certificate of this run follows it." : ", and is not a certificate of this request.");
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, text), cancellationToken);
        }

        return last;
    }

    /// <summary>If the key no longer signs, only the signature is lost, not the account of what was erased.</summary>
    private async Task<(byte[] Certificate, bool IsSigned)> WriteAsync(CertificateContent content, CancellationToken cancellationToken)
    {
        try
        {
            return (CertificateWriter.Write(content, options.Key), options.Key is not null);
        }
        catch (DsrException unusable) when (options.Key is not null)
        {
            await events.EmitAsync(new FaultEvent(unusable.Fault), cancellationToken);
            return (CertificateWriter.Write(content, key: null), false);
        }
    }

    private CertificateContent ToContent(IReadOnlyList<ErasureReceipt> receipts)
    {
        Registered registered = open.State.Registration!;
        Party performer =
            options.Kind != RunKinds.Verify
                ? options.Performer
                : open.State.Milestones.Select(line => line.Event)
                    .OfType<RunStarted>()
                    .LastOrDefault(run => run.Kind != RunKinds.Verify)
                    ?.Performer
                    ?? options.Performer;
        return new CertificateContent
        {
            RequestId = open.Folder.RequestId,
            HubHostName = registered.HubHostName,
            HubResourceId = registered.HubResourceId,
            ReceivedAt = registered.ReceivedAt,
            DueAt = RequestView.DueAt(open.State),
            IssuedAt = time.GetUtcNow(),
            ToolVersion = Tool.Version,
            PlanDigest = open.State.Plan!.Digest,
            JournalDigest = open.State.Head.Hash,
            Performer = performer,
            Verifier = options.Performer,
            Approver = open.State.Plan.ApprovedBy,
            Subjects = registered.Subjects,
            Scope = open.State.Plan.Scope,
            Locations =
            [
                .. receipts
                    .GroupBy(receipt => receipt.Location.Id, StringComparer.Ordinal)
                    .Select(location => ToOutcome([.. location], registered.Subjects.Count)),
            ],
        };
    }

    private LocationOutcome ToOutcome(List<ErasureReceipt> receipts, int subjects)
    {
        DataLocation location = receipts[0].Location;
        LocationState state = open.State.Of(location.Id);
        List<OutcomeGroup> groups =
        [
            .. receipts
                .GroupBy(SubjectOutcome.Of)
                .Select(group => new OutcomeGroup(
                    group.Key,
                    group.Count() == subjects ? null : [.. group.Select(receipt => open.Key.Subject(receipt.DeviceId))]
                )),
        ];
        return new LocationOutcome
        {
            LocationId = location.Id,
            Kind = location.Kind,
            Place = location.Place,
            Method = WithSegments(MethodOf(location, receipts), location),
            Detail = DetailOf(location, receipts),
            ErasedAt = receipts.Max(receipt => state.Of(open.Key.Subject(receipt.DeviceId)).ErasedAt),
            VerifiedAt = state.ReadAt,
            Reading = state.ReadAt is null ? null : ReadingOf(location),
            Recipient = RecipientOf(location),
            Statements = [.. location.Statements.Select(_names.Hide)],
            Groups = groups,
        };
    }

    /// <summary>
    /// Where a sink serves a location, the owner's action is required if it cannot tell whose records are left; others may be gone.
    /// </summary>
    private string MethodOf(DataLocation location, IReadOnlyList<ErasureReceipt> receipts)
    {
        if (locations.SinkOf(location) is not { } sink)
            return "This tool does not erase here.";
        bool isTouched = receipts.Any(receipt => receipt.RecordsErased > 0 || receipt.ItemsChanged > 0);
        return isTouched ? sink.Description.Method + OperationsOf(open.State.Of(location.Id).Tickets.Done)
            : receipts.Max(receipt => receipt.Verdict) == Verdict.OwnerAction
                ? IsKept(location, receipts) ? "Nothing was erased here: what keeps the device from coming back was kept, as was chosen."
                    : sink.Description.LeftToOperator is { } left ? $"Nothing was erased here. {left}"
                    : "Nothing was erased here: the requested records cannot be distinguished from others."
            : "Nothing was erased here.";
    }

    private string WithSegments(string method, DataLocation location) =>
        RequestWorkers.SentenceOf(open.State, location.Id) is { } segments ? $"{method} {segments}" : method;

    /// <summary>
    /// Whether the owner's action is that what keeps devices out is there as long as they say: it is counted among what remains, and what
    /// cannot be told apart is not.
    /// </summary>
    private bool IsKept(DataLocation location, IReadOnlyList<ErasureReceipt> receipts) =>
        SinkCatalogue.Has(location.Kind, PlaceTraits.CreatesDevices)
        && reading.Options.Erasure.Reprovisioning == Reprovisioning.Block
        && receipts
            .Where(static receipt => receipt.Verdict == Verdict.OwnerAction)
            .All(receipt => receipt.RecordsRemaining > 0 && !open.State.Of(location.Id).Of(open.Key.Subject(receipt.DeviceId)).NeedsPlan);

    /// <summary>
    /// The orders that the service says it has carried out; their IDs name nobody. Of one whose answer is not known only a reading told.
    /// </summary>
    private static string OperationsOf(IReadOnlyList<TicketTaken> done) =>
        done.Where(static ticket => ticket.IsUnconfirmed != true).ToList() is { Count: > 0 } told
            ? $" The service says that it has carried out {NamesOf(told)}."
            : string.Empty;

    private static string NamesOf(IEnumerable<TicketTaken> tickets) =>
        string.Join(
            ", ",
            tickets.Select(static ticket => $"{(ticket.IsUnconfirmed == true ? "request" : "operation")} {ticket.Operation}")
        );

    /// <summary>That a recipient was asked, and has answered: what they said can name a person, so that its hash stands for it.</summary>
    private RecipientOutcome? RecipientOf(DataLocation location) =>
        open.State.RecipientOf(location.Id) is { } recipient && recipient != RecipientState.Unknown
            ? new RecipientOutcome(recipient.Digest, recipient.AskedAt, recipient.Note, recipient.ActedAt)
            : null;

    /// <summary>How it was read for its verdict, at the time that the certificate gives.</summary>
    private string? ReadingOf(DataLocation location) =>
        locations.All.Any(configured => configured.Id == location.Id)
            ? reading.HowRead(location) ?? locations.SinkOf(location)?.Description.Reading
            : "The location is no longer in the hub's configuration; the verdict is from the reading at the time given.";

    /// <summary>What remains, in words that name nobody: the sentences of receipts can name devices.</summary>
    private string? DetailOf(DataLocation location, IReadOnlyList<ErasureReceipt> receipts)
    {
        string? text = TextOf(location, receipts);
        LocationTickets orders = open.State.Of(location.Id).Tickets;
        DateTimeOffset now = time.GetUtcNow();
        bool isLeft = receipts.Any(receipt => orders.LeftOf(open.Key.Subject(receipt.DeviceId)) is { } left && !(left.Until <= now));
        return isLeft ? $"{text} {LeftText}".TrimStart() : text;
    }

    private string? TextOf(DataLocation location, IReadOnlyList<ErasureReceipt> receipts) =>
        receipts.Max(receipt => receipt.Verdict) switch
        {
            Verdict.Expiring when receipts.Where(receipt => receipt.Verdict == Verdict.Expiring).All(IsOver) =>
                "Nobody can read this location. By the services' clock, its data has expired by retention at the time given.",
            Verdict.Expiring when receipts.Where(receipt => receipt.Verdict == Verdict.Expiring).All(IsKeptElsewhere) =>
                "Nothing was left when it was read. What was deleted is kept in copies, from which it can be restored, until the time given.",
            Verdict.Absent or Verdict.Erased => null,
            Verdict.ErasurePending when open.State.Of(location.Id).Tickets.Open is { Count: > 0 } ordered => ordered.All(static ticket =>
                ticket.IsUnconfirmed == true
            )
                ? "The erasure was ordered, and the service's answer is not known; what is not shown any more may only be hidden until the "
                    + $"time given: {NamesOf(ordered)}."
                : "The service has accepted the erasure, and carries it out by the time given, if there is one: " + $"{NamesOf(ordered)}.",
            Verdict.ErasurePending =>
                "Nothing was left when it was read, or what is left is too recent to be changed; what was accepted before can arrive "
                    + "until the time given.",
            Verdict.Held => "An immutability policy, a legal hold or the operator's hold prevents the erasure.",
            Verdict.Present => "It held records when it was last read.",
            Verdict.Unreachable => "It could not be read.",
            Verdict.OwnerAction when IsKept(location, receipts) =>
                "What keeps the device from coming back was kept, as was chosen, and is itself a record of it: the person responsible for "
                    + "the location must decide how long that is needed.",
            Verdict.OwnerAction when location.Advice is null && SinkCatalogue.LeftToOperator(location.Kind) is { } left => left,
            Verdict.OwnerAction when location.Advice is null =>
                "The person responsible for the location must determine which of its records the request is about.",
            var verdict => location.Advice ?? (verdict == Verdict.Expiring ? "The data cannot be deleted and expires by retention." : null),
        };

    /// <summary>Whether what expires is no longer there, but in copies that the service keeps of what was deleted.</summary>
    private static bool IsKeptElsewhere(ErasureReceipt receipt) =>
        receipt is { RecordsRemaining: 0, Location: var location }
        && (receipt.RecordsErased > 0 || receipt.RecordsPlanned > 0)
        && location.Capabilities.HasFlag(LocationCapabilities.Erase)
        && !SinkCatalogue.Has(location.Kind, PlaceTraits.DeliversToReceivers);

    private bool IsOver(ErasureReceipt receipt) => open.State.Of(receipt.Location.Id).Of(open.Key.Subject(receipt.DeviceId)).IsOver;
}
