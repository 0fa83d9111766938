using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Evidence.Certificates;

/// <summary>
/// What a certificate says. Nothing in it may be personal data of a subject: subjects are keyed hashes, and no text names a device. Sums,
/// the verdict of a location and the overall one are not given: they are computed from the groups, so that they cannot be better than
/// these.
/// </summary>
internal sealed record CertificateContent
{
    public required string RequestId { get; init; }

    public required string HubHostName { get; init; }

    /// <summary>Null when only a connection string was known.</summary>
    public string? HubResourceId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the certificate is made. The signing certificate must be valid then.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    public required string ToolVersion { get; init; }

    /// <summary>Digest of the plan: <c>sha256:</c> and 64 hexadecimal digits in lower case.</summary>
    public required string PlanDigest { get; init; }

    /// <summary>Hash of the journal's last line, in the same form.</summary>
    public required string JournalDigest { get; init; }

    /// <summary>SHA-256 of the file of the certificate that this one follows, in the same form; null for the first of a request.</summary>
    public string? Follows { get; init; }

    public required Party Performer { get; init; }

    public required Party Verifier { get; init; }

    /// <summary>Who approved the plan; null when nobody did.</summary>
    public Party? Approver { get; init; }

    /// <summary>Keyed hashes of all devices of the request, at least one, each once.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }

    /// <summary>Which of their records the request is about; null for all of them.</summary>
    public ScopeStatement? Scope { get; init; }

    /// <summary>Every location of the hub, also those that nobody could read.</summary>
    public required IReadOnlyList<LocationOutcome> Locations { get; init; }

    /// <summary>The worst of all; nothing is known where there is no location.</summary>
    public Verdict Verdict => Locations.Count == 0 ? Verdict.Unknown : Locations.Max(location => location.Verdict);
}

/// <summary>What became of all devices in one location.</summary>
internal sealed record LocationOutcome
{
    public required string LocationId { get; init; }

    public required string Kind { get; init; }

    public required string Place { get; init; }

    /// <summary>How data is erased there, or why it is not: a sentence without personal data.</summary>
    public required string Method { get; init; }

    /// <summary>What remains and who has to do what; null when there is nothing to add.</summary>
    public string? Detail { get; init; }

    /// <summary>What the operator vouched for about it, in texts that name no device.</summary>
    public IReadOnlyList<OperatorStatement> Statements { get; init; } = [];

    /// <summary>When the last erasure there ended; null when there was none.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>When it was read for this verdict; null when nobody could.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>How it was read; null when nobody could, and in certificates of earlier versions.</summary>
    public string? Reading { get; init; }

    /// <summary>Whether its recipient was asked and has answered; null where neither is known.</summary>
    public RecipientOutcome? Recipient { get; init; }

    /// <summary>Each subject of the certificate is in exactly one of these.</summary>
    public required IReadOnlyList<OutcomeGroup> Groups { get; init; }

    public Verdict Verdict => Groups.Max(group => group.Outcome.Verdict);

    public DateTimeOffset? Until => Groups.Max(group => group.Outcome.Until);

    /// <summary>The sums; a sum with a part that is not known is not known.</summary>
    /// <param name="subjects">Number of subjects of the certificate.</param>
    /// <exception cref="OverflowException">The sums are beyond all records that there are.</exception>
    public Counts Sum(int subjects)
    {
        var sum = new Counts(0, 0, 0);
        foreach (OutcomeGroup group in Groups)
        {
            int size = group.Subjects?.Count ?? subjects;
            checked
            {
                sum = new Counts(
                    sum.Planned + (group.Outcome.Planned * size),
                    sum.Erased + (group.Outcome.Erased * size),
                    sum.Remaining + (group.Outcome.Remaining * size)
                );
            }
        }

        return sum;
    }
}

/// <summary>What was asked of the recipient of a location, and what they answered: its owner's action, where nobody was asked.</summary>
/// <param name="RequestDigest">Digest of the request file; null when there is none.</param>
/// <param name="RequestedAt">When the file was written.</param>
/// <param name="AnswerHash">Keyed hash of the answer, which the key of the request opens; null without one.</param>
/// <param name="AnsweredAt">When they answered, or acted.</param>
internal sealed record RecipientOutcome(string? RequestDigest, DateTimeOffset? RequestedAt, string? AnswerHash, DateTimeOffset? AnsweredAt);

/// <summary>Numbers of records; null where nobody counted.</summary>
internal readonly record struct Counts(long? Planned, long? Erased, long? Remaining)
{
    private const long LargestExact = 1L << 53;

    /// <summary>Whether every reader of JSON reads the same numbers.</summary>
    public bool IsExact => IsExactly(Planned) && IsExactly(Erased) && IsExactly(Remaining);

    private static bool IsExactly(long? number) => number is null or (>= 0 and <= LargestExact);
}

/// <summary>Subjects that fare alike in one location.</summary>
/// <param name="Outcome">What became of each of them.</param>
/// <param name="Subjects">Their keyed hashes; null for all subjects of the certificate.</param>
internal sealed record OutcomeGroup(SubjectOutcome Outcome, IReadOnlyList<string>? Subjects = null);
