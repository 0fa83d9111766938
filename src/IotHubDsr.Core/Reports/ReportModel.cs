using System.Collections.Frozen;

namespace IotHubDsr.Core.Reports;

/// <summary>What the person asked for.</summary>
internal enum ReportKind
{
    /// <summary>A copy of the data (GDPR, Article 15).</summary>
    Access,

    /// <summary>Erasure of the data (GDPR, Article 17).</summary>
    Erasure,
}

/// <summary>
/// All that a report says. The report derives the rest: the overall verdict, the sums, and the part of the timeline that follows from the
/// due dates, the holds and the times at which a location closes.
/// </summary>
internal sealed record ReportModel
{
    public required string RequestId { get; init; }

    public required ReportKind Kind { get; init; }

    public required string HubHostName { get; init; }

    public required string ToolVersion { get; init; }

    /// <summary>When the report is written: what is later counts as still ahead.</summary>
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>When the request reached the controller.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When the answer is due without an extension; see <see cref="DueDates.Due"/>.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public ReportExtension? Extension { get; init; }

    /// <summary>What happened. Receipt, due dates, reviews of holds and closing of locations are added by the report itself.</summary>
    public IReadOnlyList<ReportEvent> Events { get; init; } = [];

    /// <summary>IDs of the devices that the request is about.</summary>
    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>Which of the devices' records it is about, in words; null for all of them.</summary>
    public string? Scope { get; init; }

    public required ReportData Data { get; init; }

    public IReadOnlyList<DataHold> Holds { get; init; } = [];

    /// <summary>By ID of the location, what was asked of its recipient, and what its owner or recipient did.</summary>
    public IReadOnlyDictionary<string, ReportRecipient> Recipients { get; init; } = FrozenDictionary<string, ReportRecipient>.Empty;

    /// <summary>What was left out beyond what the rows of <see cref="Data"/> say.</summary>
    public IReadOnlyList<ReportOmission> Omissions { get; init; } = [];

    public required ReportEvidence Evidence { get; init; }

    /// <summary>Who did the work; null when not recorded.</summary>
    public string? Performer { get; init; }

    /// <summary>Who verified it; null when nobody did.</summary>
    public string? Verifier { get; init; }
}

/// <summary>An extension of the time limit.</summary>
/// <param name="Until">When the answer is due now; see <see cref="DueDates.Extended"/>.</param>
/// <param name="Reason">Why it was extended, as the person was told.</param>
internal sealed record ReportExtension(DateTimeOffset Until, string Reason);

/// <summary>Something that happened to the request.</summary>
/// <param name="At">When.</param>
/// <param name="What">What, in a few words.</param>
/// <param name="Detail">What else is to be said; null when nothing is.</param>
internal sealed record ReportEvent(DateTimeOffset At, string What, string? Detail = null);

/// <summary>The owner of a location, or the recipient of what was there.</summary>
/// <param name="AskedAt">When a file was written that asks them to erase; null when there is none.</param>
/// <param name="File">Where it is; null when it is gone.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="HasActed">Whether their action or answer was noted.</param>
/// <param name="ActedAt">When they acted or answered.</param>
/// <param name="Note">What was noted; null when it is not known any more.</param>
internal sealed record ReportRecipient(
    DateTimeOffset? AskedAt,
    string? File,
    string? Digest,
    bool HasActed,
    DateTimeOffset? ActedAt,
    string? Note
);

/// <summary>Something that the answer leaves out.</summary>
/// <param name="What">What.</param>
/// <param name="Why">Why.</param>
internal sealed record ReportOmission(string What, string Why);

/// <summary>The files that prove what the report says. Digests read <c>sha256:</c> and 64 hexadecimal digits.</summary>
/// <param name="PlanDigest">Digest of the plan; null when there is none.</param>
/// <param name="JournalDigest">Hash of the journal's last line; null when there is none.</param>
/// <param name="Certificates">The certificates, oldest first.</param>
internal sealed record ReportEvidence(string? PlanDigest, string? JournalDigest, IReadOnlyList<ReportCertificate> Certificates);

/// <summary>A certificate of the outcome.</summary>
/// <param name="Name">Name of its file.</param>
/// <param name="Digest">Digest of its file.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="IsSigned">Whether it is signed.</param>
internal sealed record ReportCertificate(string Name, string Digest, DateTimeOffset IssuedAt, bool IsSigned);
