namespace IotHubDsr;

/// <summary>The result of checking an erasure certificate. Its content is shown only if not a single bit was changed.</summary>
public sealed record ErasureCertificateCheck
{
    private readonly IReadOnlyList<CertifiedLocation> _locations = TextList.Of<CertifiedLocation>([]);

    /// <summary>Full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Whether the file is as it was issued: complete, unchanged, consistent, its signature (if it has one) made with the key of its
    /// certificate, and in its place in the chain and in the journal where these were given. It says nothing about who signed.
    /// </summary>
    public bool IsValid { get; init; }

    /// <summary>Whether it is signed. Anyone can make an unsigned one.</summary>
    public bool IsSigned { get; init; }

    /// <summary>
    /// Whether the signer is trusted: the certificate is one of those that were passed, or was issued by one of them, may sign, and is
    /// valid now or was when a trusted authority stamped the time.
    /// </summary>
    public bool IsTrusted { get; init; }

    /// <summary>Why it is not valid, not signed or not trusted; null when it is all three.</summary>
    public string? Reason { get; init; }

    /// <summary>Subject of the signer's certificate; null when it is not signed.</summary>
    public string? Signer { get; init; }

    /// <summary>SHA-256 of the signer's certificate, 64 hexadecimal digits; null when it is not signed.</summary>
    public string? CertificateSha256 { get; init; }

    /// <summary>SHA-256 of the file, as <c>sha256:</c> and 64 hexadecimal digits: what a later certificate refers to.</summary>
    public string? Digest { get; init; }

    /// <summary>Digest of the certificate of the same request that this one follows; null for the first.</summary>
    public string? Follows { get; init; }

    /// <summary>
    /// Whether the certificate that this one follows is among the files that were checked; null for the first of a request.
    /// </summary>
    public bool? IsPredecessorShown { get; init; }

    /// <summary>Whether the journal that was given holds the line that the certificate was issued at; null when none was given.</summary>
    public bool? IsInJournal { get; init; }

    /// <summary>ID of the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>Host name of the hub.</summary>
    public string? HubHostName { get; init; }

    /// <summary>The worst verdict of all locations.</summary>
    public Verdict? OverallVerdict { get; init; }

    /// <summary>When the certificate was issued, by the clock of the services; of earlier versions, by that of the machine.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When a trusted time stamp says that the signed certificate existed; null when there is no such time stamp.</summary>
    public DateTimeOffset? TimestampedAt { get; init; }

    /// <summary>When the request was received.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>When the request was due.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Number of devices that it is about.</summary>
    public int Subjects { get; init; }

    /// <summary>Which of the devices' records the request was narrowed to, in words; null when it was about all of them.</summary>
    public string? Scope { get; init; }

    /// <summary>The locations, with the worst verdict and the sums of all devices.</summary>
    public IReadOnlyList<CertifiedLocation> Locations
    {
        get => _locations;
        init => _locations = TextList.Of(value);
    }

    /// <summary>Digest of the plan.</summary>
    public string? PlanDigest { get; init; }

    /// <summary>Hash of the journal's line that the certificate was issued at.</summary>
    public string? JournalDigest { get; init; }

    /// <summary>Who performed the erasure.</summary>
    public string? Performer { get; init; }

    /// <summary>Who read the locations again.</summary>
    public string? Verifier { get; init; }

    /// <summary>Who approved the plan; null when nobody did.</summary>
    public string? Approver { get; init; }

    /// <summary>Version of the module that issued it.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>Validity, and the request or the reason.</summary>
    public override string ToString() =>
        VisibleText.OfLine(
            IsValid
                ? $"{RequestId}: {OverallVerdict} ({(IsSigned ? IsTrusted ? "signed" : "signed, not trusted" : "unsigned")})"
                : $"{Path}: not valid. {Reason}"
        );
}
