using System.Text.Json.Serialization;

namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>
/// What happened to a request. Subjects, items and texts are hashes under the request's key. A list of subjects that is null means all of
/// the request.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Registered), "registered")]
[JsonDerivedType(typeof(Planned), "planned")]
[JsonDerivedType(typeof(Added), "added")]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(Announced), "announced")]
[JsonDerivedType(typeof(TicketTaken), "ticket-taken")]
[JsonDerivedType(typeof(TicketClosed), "ticket-closed")]
[JsonDerivedType(typeof(Erased), "erased")]
[JsonDerivedType(typeof(Verified), "verified")]
[JsonDerivedType(typeof(Certified), "certified")]
[JsonDerivedType(typeof(RunEnded), "run-ended")]
[JsonDerivedType(typeof(Extended), "extended")]
[JsonDerivedType(typeof(Held), "held")]
[JsonDerivedType(typeof(Released), "released")]
[JsonDerivedType(typeof(RecipientAsked), "recipient-asked")]
[JsonDerivedType(typeof(OwnerActed), "owner-acted")]
[JsonDerivedType(typeof(Exported), "exported")]
[JsonDerivedType(typeof(Answered), "answered")]
[JsonDerivedType(typeof(Anonymised), "anonymised")]
[JsonDerivedType(typeof(UnitsPlanned), "units-planned")]
[JsonDerivedType(typeof(UnitsTaken), "units-taken")]
[JsonDerivedType(typeof(UnitBegun), "unit-begun")]
[JsonDerivedType(typeof(UnitReturned), "unit-returned")]
[JsonDerivedType(typeof(UnitClosed), "unit-closed")]
internal abstract record JournalEvent;

/// <summary>The request was registered.</summary>
/// <param name="RequestId">ID of the request.</param>
/// <param name="HubHostName">Host name of its hub.</param>
/// <param name="HubResourceId">Resource ID of its hub; null when only a connection string was known.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Subjects">The devices.</param>
/// <param name="IdentityEvidence">How the person was identified.</param>
/// <param name="Tool">Version of the module.</param>
/// <param name="RequiresApproval">True if every erasure for it requires an approval.</param>
/// <param name="Generations">
/// For each subject, which device had the ID then; null if it could not be read, or there are too many to ask for.
/// </param>
internal sealed record Registered(
    string RequestId,
    string HubHostName,
    string? HubResourceId,
    DateTimeOffset ReceivedAt,
    IReadOnlyList<string> Subjects,
    string? IdentityEvidence,
    string Tool,
    bool? RequiresApproval = null,
    IReadOnlyList<string>? Generations = null
) : JournalEvent;

/// <summary>
/// A plan was bound to the request. Steps that were not approved are listed by location. A further plan names the digest of the one that it
/// follows; the tolerance is the number of records by which a location may differ from the plan. Where the plan asks what becomes of
/// enrollments, it has the answer; where they are disabled and kept, it says so for further plans.
/// </summary>
internal sealed record Planned(
    string Digest,
    IReadOnlyList<PlannedLocation> Locations,
    IReadOnlyList<DeclinedSteps> Declined,
    Party? ApprovedBy,
    ScopeStatement? Scope = null,
    string? Follows = null,
    long? Tolerance = null,
    string? Reprovisioning = null
) : JournalEvent;

/// <param name="Name">Name of a person or account.</param>
/// <param name="CertificateSha256">SHA-256 of their certificate; null without one.</param>
internal sealed record Party(string Name, string? CertificateSha256 = null);

/// <param name="Id">ID of the location.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Place">Its place.</param>
/// <param name="Steps">Number of devices to erase there.</param>
/// <param name="Records">Records to erase there; null if not counted.</param>
internal sealed record PlannedLocation(string Id, string Kind, string Place, int Steps, long? Records);

/// <summary>A location was found in the hub's configuration that the plan does not know.</summary>
internal sealed record Added(PlannedLocation Location) : JournalEvent;

internal sealed record DeclinedSteps(string Location, IReadOnlyList<string> Subjects);

/// <param name="Kind">erase, resume or verify.</param>
/// <param name="Performer">Who runs it.</param>
/// <param name="Tool">Version of the module.</param>
/// <param name="Clock">Whose time the lines of the run have: <see cref="RunClocks.Service"/>; null for that of the machine, which may be
/// wrong.</param>
internal sealed record RunStarted(string Kind, Party Performer, string Tool, string? Clock = null) : JournalEvent;

/// <summary>A destructive call is about to be made.</summary>
internal sealed record Announced(string Location, IReadOnlyList<AnnouncedRow> Items) : JournalEvent;

/// <summary>
/// A document or blob that a call changes. Its <paramref name="Shares"/> say of which subjects, by their place in the registration; rows of
/// earlier versions name one subject each instead.
/// </summary>
/// <param name="Item">The document or blob.</param>
/// <param name="Subject">The device; null where there are shares.</param>
/// <param name="Records">Its records that go.</param>
/// <param name="Changes">How many documents or blobs go or change with it.</param>
/// <param name="ETag">ETag of the content that is replaced, where the service may keep a copy of it.</param>
/// <param name="Kept">Digest of what stays of that content.</param>
/// <param name="Shares">Whose records go, and how many; see <see cref="AnnouncedShares"/>.</param>
internal sealed record AnnouncedRow(
    string Item,
    string? Subject = null,
    long? Records = null,
    int? Changes = null,
    string? ETag = null,
    string? Kept = null,
    string? Shares = null
);

/// <summary>A service has accepted an order to erase, and carries it out later.</summary>
/// <param name="Location">ID of the location.</param>
/// <param name="Operation">The service's ID of the order.</param>
/// <param name="AcceptedAt">When it was accepted, by the service's time.</param>
/// <param name="DueBy">By when the service promises to have carried it out; null without a promise.</param>
/// <param name="Subjects">Whom it concerns; null for all.</param>
/// <param name="Covers">
/// Which records it is for, see <see cref="CoveredRecords"/>; null for all that there were, and in journals of earlier versions.
/// </param>
/// <param name="Left">Records that stay, and that are not found any more once it is carried out; null for none.</param>
/// <param name="IsUnconfirmed">True for one that is about to be given, under an ID of ours; null once the service has accepted it.</param>
/// <param name="Confirms">The unconfirmed one in whose place it comes; null for none.</param>
/// <param name="IsHidden">Whether the records may be hidden from readings before it is carried out; null if not.</param>
internal sealed record TicketTaken(
    string Location,
    string Operation,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? DueBy,
    IReadOnlyList<string>? Subjects,
    string? Covers = null,
    IReadOnlyList<LeftGroup>? Left = null,
    bool? IsUnconfirmed = null,
    string? Confirms = null,
    bool? IsHidden = null
) : JournalEvent;

/// <param name="Records">Records of each subject.</param>
/// <param name="Until">When the last of them leaves by retention; null when that is not known.</param>
/// <param name="Subjects">The subjects.</param>
internal sealed record LeftGroup(long Records, DateTimeOffset? Until, IReadOnlyList<string> Subjects);

/// <summary>An order to erase is not waited for any longer.</summary>
/// <param name="Location">ID of the location.</param>
/// <param name="Operation">The service's ID of the order.</param>
/// <param name="IsDone">Whether the service says that it has carried it out; if not, it will not.</param>
internal sealed record TicketClosed(string Location, string Operation, bool IsDone) : JournalEvent;

/// <summary>A location was erased from. Counts are totals over all runs.</summary>
/// <param name="Location">ID of the location.</param>
/// <param name="DeletesDevice">Whether what is deleted there is the device itself.</param>
/// <param name="Groups">What was done.</param>
internal sealed record Erased(string Location, bool DeletesDevice, IReadOnlyList<ErasedGroup> Groups) : JournalEvent;

/// <param name="Records">Records erased of each subject.</param>
/// <param name="Changes">Documents or blobs changed for each subject.</param>
/// <param name="IsSettled">Whether all that was found was erased.</param>
/// <param name="Fault">The failure, if there was one.</param>
/// <param name="At">When the device was deleted, where that is known better than from the time of the line.</param>
/// <param name="Subjects">Whom it concerns; null for all.</param>
internal sealed record ErasedGroup(
    long Records,
    int Changes,
    bool IsSettled,
    string? Fault,
    DateTimeOffset? At,
    IReadOnlyList<string>? Subjects
);

/// <summary>A location got its verdicts.</summary>
/// <param name="Location">ID of the location.</param>
/// <param name="IsRead">Whether it was read for that; if not, it could not be, or nothing was to be read.</param>
/// <param name="Groups">The verdicts.</param>
/// <param name="Inflow">
/// What the hub's configuration said of the ways to the location, one of <see cref="Inflows"/>; null where nothing arrives late.
/// </param>
internal sealed record Verified(string Location, bool IsRead, IReadOnlyList<VerifiedGroup> Groups, string? Inflow = null) : JournalEvent;

/// <param name="Verdict">The verdict.</param>
/// <param name="Until">Until when it holds.</param>
/// <param name="Remaining">Records of each subject that were there; null if not counted.</param>
/// <param name="Subjects">Whom it concerns; null for all.</param>
/// <param name="IsOver">Whether <paramref name="Until"/> had passed, by the services' time, in a place that nobody can read.</param>
/// <param name="NeedsPlan">Whether what is left takes a further plan.</param>
internal sealed record VerifiedGroup(
    Verdict Verdict,
    DateTimeOffset? Until,
    long? Remaining,
    IReadOnlyList<string>? Subjects,
    bool? IsOver = null,
    bool? NeedsPlan = null
);

internal sealed record Certified(string File, string Digest, bool IsSigned) : JournalEvent;

/// <param name="Outcome">completed, stopped or failed.</param>
/// <param name="Verdict">The worst verdict, when it was completed.</param>
/// <param name="Fault">The failure, when it failed.</param>
internal sealed record RunEnded(string Outcome, Verdict? Verdict, string? Fault) : JournalEvent;

internal sealed record Extended(string Reason) : JournalEvent;

internal sealed record Held(string Location, string? Subject, string? Item, string Ground, DateTimeOffset ReviewAt) : JournalEvent;

internal sealed record Released(string Location, string? Subject, string? Item) : JournalEvent;

/// <summary>A file was written that asks the recipient of a location to erase.</summary>
/// <param name="Location">ID of the location.</param>
/// <param name="Digest">Digest of the file: it has an ID in it that nobody can guess.</param>
internal sealed record RecipientAsked(string Location, string Digest) : JournalEvent;

/// <summary>The owner of a location, or the recipient that was asked, has done their part, or answered.</summary>
/// <param name="Location">ID of the location.</param>
/// <param name="Note">What they did or answered.</param>
/// <param name="ActedAt">When they did; null in journals of earlier versions, and then by the time of the line.</param>
internal sealed record OwnerActed(string Location, string Note, DateTimeOffset? ActedAt = null) : JournalEvent;

/// <summary>A package was written for the person who asked.</summary>
internal sealed record Exported(string Digest, long Records, ScopeStatement? Scope = null) : JournalEvent;

/// <summary>The person was answered, and nothing was to be erased.</summary>
internal sealed record Answered(string Note) : JournalEvent;

/// <summary>The request's key, subjects, plan and texts were destroyed.</summary>
/// <param name="Reason">Why, where the request was open; this text stays.</param>
internal sealed record Anonymised(string? Reason = null) : JournalEvent;
