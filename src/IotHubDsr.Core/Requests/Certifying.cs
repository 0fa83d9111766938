using System.Text.Json;
using IotHubDsr.Certificates;
using IotHubDsr.Engine;
using IotHubDsr.Evidence;
using IotHubDsr.Plans;

namespace IotHubDsr.Requests;

/// <summary>
/// Issues the certificate of a run. It says nothing that the journal does not say, and names no device; the receipts, which do, are kept
/// beside it where they can be destroyed.
/// </summary>
internal sealed class Certifying(OpenRequest open, HubLocations locations, RunOptions options, OperationEvents events, TimeProvider time)
{
    private readonly DeviceNames _names = new(open.DeviceIds, open.Key);

    public async Task RunAsync(IReadOnlyList<ErasureReceipt> receipts, CancellationToken cancellationToken)
    {
        int number = open.State.Certificates.Count + 1;
        string name = EvidenceFiles.Certificate(number), outcome = EvidenceFiles.Outcome(number);
        (byte[] certificate, bool isSigned) = await WriteAsync(ToContent(receipts), cancellationToken).ConfigureAwait(false);

        // What a run left that died before it could put its certificate on record.
        await open.Folder.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        await open.Folder.DeleteAsync(outcome, cancellationToken).ConfigureAwait(false);
        await open.Folder.SaveAsync(outcome, JsonSerializer.SerializeToUtf8Bytes(receipts), cancellationToken).ConfigureAwait(false);
        await open.Folder.SaveAsync(name, certificate, cancellationToken).ConfigureAwait(false);
        await open.Journal.AppendAsync(new Certified(name, Digests.Of(certificate), isSigned), cancellationToken).ConfigureAwait(false);
        string text = $"The certificate is {open.Folder.PlaceOf(name)}{(isSigned ? string.Empty : "; it is not signed")}.";
        await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, text), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A key that does not sign any more costs the signature, and not the account of what was erased.</summary>
    private async Task<(byte[] Certificate, bool IsSigned)> WriteAsync(CertificateContent content, CancellationToken cancellationToken)
    {
        try
        {
            return (CertificateWriter.Write(content, options.Key), options.Key is not null);
        }
        catch (DsrException unusable) when (options.Key is not null)
        {
            await events.EmitAsync(new FaultEvent(unusable.Fault), cancellationToken).ConfigureAwait(false);
            return (CertificateWriter.Write(content, key: null), false);
        }
    }

    private CertificateContent ToContent(IReadOnlyList<ErasureReceipt> receipts)
    {
        Registered registered = open.State.Registration!;
        Party performer = options.Kind != RunKinds.Verify
            ? options.Performer
            : open.State.Milestones.Select(line => line.Event).OfType<RunStarted>().LastOrDefault(run => run.Kind != RunKinds.Verify)?.Performer ?? options.Performer;
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
            Follows = open.State.Certificates is [.., { } last] ? last.Certificate.Digest : null,
            Performer = ToParty(performer),
            Verifier = ToParty(options.Performer),
            Approver = open.State.Plan.ApprovedBy is { } approver ? ToParty(approver) : null,
            Subjects = registered.Subjects,
            Scope = open.State.Plan.Scope,
            Locations = [.. receipts.GroupBy(receipt => receipt.Location.Id, StringComparer.Ordinal).Select(location => ToOutcome([.. location], registered.Subjects.Count))],
        };
    }

    private static CertificateParty ToParty(Party party) => new(party.Name, party.CertificateSha256);

    private LocationOutcome ToOutcome(List<ErasureReceipt> receipts, int subjects)
    {
        DataLocation location = receipts[0].Location;
        LocationState state = open.State.Of(location.Id);
        List<OutcomeGroup> groups = [.. receipts
            .GroupBy(receipt => (receipt.Verdict, receipt.RecordsPlanned, receipt.RecordsErased, receipt.RecordsRemaining, receipt.Until))
            .Select(group => new OutcomeGroup(
                group.Key.Verdict,
                group.Key.RecordsPlanned,
                group.Key.RecordsErased,
                group.Key.RecordsRemaining,
                group.Key.Until,
                group.Count() == subjects ? null : [.. group.Select(receipt => open.Key.Subject(receipt.DeviceId))]))];
        return new LocationOutcome
        {
            LocationId = location.Id,
            Kind = location.Kind,
            Place = location.Place,
            Method = MethodOf(location, groups),
            Detail = DetailOf(location, groups.Max(group => group.Verdict)),
            ErasedAt = state.ErasedAt,
            VerifiedAt = state.ReadAt,
            Statements = [.. location.Statements.Select(_names.Hide)],
            Groups = groups,
        };
    }

    /// <summary>Where a store serves a location, an action of the owner is asked for when it cannot tell whose records are left; others may be gone.</summary>
    private string MethodOf(DataLocation location, IReadOnlyList<OutcomeGroup> groups) => locations.StoreOf(location) switch
    {
        null => "This tool does not erase here.",
        _ when groups.Max(group => group.Verdict) == Verdict.OwnerAction && groups.All(group => group.Erased == 0) => "Nothing was erased here: the records that were asked for cannot be told from others.",
        { } store => store.Method,
    };

    /// <summary>What remains, in words that name nobody: the sentences of receipts can name devices.</summary>
    private static string? DetailOf(DataLocation location, Verdict verdict) => verdict switch
    {
        Verdict.Absent or Verdict.Erased => null,
        Verdict.ErasurePending => "Nothing was left when it was read, or what is left is too young to be changed; what was accepted before can arrive until the time given.",
        Verdict.Held => "An immutability policy, a legal hold or the operator's hold forbids the erasure.",
        Verdict.Present => "Records were there when it was read last.",
        Verdict.Unreachable => "It could not be read.",
        Verdict.OwnerAction when location.Advice is null => "Whoever is responsible for the place has to look which records there the request is about.",
        _ => location.Advice ?? (verdict == Verdict.Expiring ? "It cannot be deleted and leaves by retention." : null),
    };
}
