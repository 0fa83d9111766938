using System.Text.Json;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>
/// Invariants of every line beyond its form: file names refer to files of the request, and numbers can be added up. A line that breaks a
/// rule was not written by this module.
/// </summary>
internal static partial class JournalRules
{
    /// <summary>Beyond it not every reader of JSON reads the same number; more records than there can be.</summary>
    private const long MostRecords = 1L << 53;

    private const int LastYear = 9000;

    /// <summary>Longer than the ID of any operation.</summary>
    private const int MostOfOperation = 256;

    /// <exception cref="JsonException">A rule is broken.</exception>
    public static void Require(JournalEvent next)
    {
        switch (next)
        {
            case Registered registered:
                Require(RequestIds.IsOne(registered.RequestId), "the request ID is invalid");
                Require(registered.Subjects.Count > 0, "the request has no subjects");
                RequireSubjects(registered.Subjects);
                Require(
                    registered.Generations is null || registered.Generations.Count == registered.Subjects.Count,
                    "the subjects do not have one generation each"
                );
                RequireTime(registered.ReceivedAt);
                RequireText(registered.IdentityEvidence);
                break;
            case Planned planned:
                Require(planned);
                break;
            case Added added:
                Require(added.Location);
                break;
            case Announced announced:
                Require(announced.Items.All(IsAnnounced), "an announced item is invalid");
                break;
            case TicketTaken taken:
                Require(
                    IsOperation(taken.Operation) && (taken.Confirms is null || IsOperation(taken.Confirms)),
                    "the ID of an operation is invalid"
                );
                RequireTime(taken.AcceptedAt);
                RequireTime(taken.DueBy);
                RequireSubjects(taken.Subjects);
                Require(taken);
                break;
            case TicketClosed closed:
                Require(IsOperation(closed.Operation), "the ID of an operation is invalid");
                break;
            case Erased erased:
                Require(
                    erased.Groups.All(group => group is not null && IsCount(group.Records) && group.Changes >= 0),
                    "the number of erased records is invalid"
                );
                foreach (ErasedGroup group in erased.Groups)
                {
                    RequireSubjects(group.Subjects);
                    RequireTime(group.At);
                }

                break;
            case Verified verified:
                Require(verified);
                break;
            case Certified certified:
                Require(EvidenceFiles.CertificateNumber(certified.File) is not null, "the name of a certificate is invalid");
                Require(IsDigest(certified.Digest), "the digest of a certificate is invalid");
                break;
            default:
                RequireDecision(next);
                break;
        }
    }

    private static void RequireUnits(JournalEvent next)
    {
        switch (next)
        {
            case UnitsPlanned planned:
                Require(planned is { First: >= 0, Count: > 0, Bytes: >= 0 } && IsDigest(planned.Digest), "planned units are invalid");
                break;
            case UnitsTaken taken:
                Require(
                    taken.Units.Count > 0 && taken.Units.All(unit => unit is { Number: >= 0, Lines: > 0 } && IsDigest(unit.Head)),
                    "the head of a segment is invalid"
                );
                break;
            case UnitBegun begun:
                Require(begun.Attempt > 0, "the attempt is invalid");
                break;
            case UnitClosed closed:
                Require(UnitOutcomes.All.Contains(closed.Outcome, StringComparer.Ordinal), "the outcome of a unit is unknown");
                Require(closed.Result is null || IsDigest(closed.Result), "the digest of a result is invalid");
                break;
        }
    }

    private static void RequireDecision(JournalEvent next)
    {
        switch (next)
        {
            case Extended extended:
                RequireText(extended.Reason);
                break;
            case Held held:
                RequireText(held.Item);
                RequireText(held.Ground);
                RequireTime(held.ReviewAt);
                break;
            case Released released:
                RequireText(released.Item);
                break;
            case RecipientAsked asked:
                Require(IsDigest(asked.Digest), "the digest of a request file is invalid");
                break;
            case OwnerActed acted:
                RequireText(acted.Note);
                RequireTime(acted.ActedAt);
                break;
            case Answered answered:
                RequireText(answered.Note);
                break;
            case Anonymised anonymised:
                RequireText(anonymised.Reason);
                break;
            case Exported exported:
                Require(IsCount(exported.Records), "the number of exported records is invalid");
                break;
            case RunEnded ended:
                RequireVerdict(ended.Verdict);
                break;
            default:
                RequireUnits(next);
                break;
        }
    }

    private static void Require(Planned planned)
    {
        Require(IsDigest(planned.Digest), "the digest of the plan is invalid");
        foreach (PlannedLocation? location in planned.Locations)
            Require(location);
        foreach (DeclinedSteps? declined in planned.Declined)
        {
            Require(declined is not null, "a declined step is invalid");
            RequireSubjects(declined!.Subjects);
        }
    }

    private static void Require(PlannedLocation? location) =>
        Require(location is { Steps: >= 0 } && IsCount(location.Records), "a planned location is invalid");

    private static void Require(Verified verified)
    {
        foreach (VerifiedGroup? group in verified.Groups)
        {
            Require(group is not null && IsCount(group.Remaining), "the number of remaining records is invalid");
            RequireVerdict(group!.Verdict);
            RequireTime(group.Until);
            RequireSubjects(group.Subjects);
        }
    }

    private static void Require(TicketTaken taken)
    {
        if (taken.Covers is { } covers)
            CoveredRecords.Require(covers);
        foreach (LeftGroup? left in taken.Left ?? [])
        {
            Require(left is not null && IsCount(left.Records), "the number of records that stay is invalid");
            RequireTime(left!.Until);
            RequireSubjects(left.Subjects);
        }
    }

    private static bool IsAnnounced(AnnouncedRow? row) =>
        row switch
        {
            null => false,
            { Shares: null } => !string.IsNullOrEmpty(row.Subject) && row.Records is not null && IsCount(row.Records) && row.Changes >= 0,
            { Subject: null, Records: null, Changes: null } => AnnouncedShares
                .Read(row.Shares, AnnouncedShares.MostSubjects)
                .All(share => IsCount(share.Records)),
            _ => false,
        };

    private static void RequireSubjects(IReadOnlyList<string>? subjects) =>
        Require(subjects is null || subjects.All(subject => !string.IsNullOrEmpty(subject)), "a subject is invalid");

    private static void RequireVerdict(Verdict? verdict) =>
        Require(verdict is not { } known || Enum.IsDefined(known), "a verdict is unknown");

    private static void RequireTime(DateTimeOffset? time) => Require(time is not { Year: > LastYear }, "a time is out of range");

    private static void RequireText(string? hash) => Require(hash is null || Hash().IsMatch(hash), "the name of a text is invalid");

    private static bool IsOperation(string operation) => operation.Length is > 0 and <= MostOfOperation;

    private static bool IsCount(long? records) => records is null or (>= 0 and <= MostRecords);

    private static bool IsDigest(string digest) => Sha256().IsMatch(digest);

    private static void Require(bool holds, string defect)
    {
        if (!holds)
            throw new JsonException(defect);
    }

    [GeneratedRegex("^[0-9a-f]{32}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hash();

    [GeneratedRegex("^sha256:[0-9a-f]{64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sha256();
}
