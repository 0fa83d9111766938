namespace IotHubDsr;

/// <summary>
/// The approval of a plan: a detached signature over the bytes of its file, by a person who does not perform the erasure.
/// </summary>
public sealed record ErasurePlanApproval
{
    /// <summary>Full path of the plan's file.</summary>
    public required string Path { get; init; }

    /// <summary>Full path of the signature: CMS SignedData (RFC 5652), detached, in DER.</summary>
    public required string SignaturePath { get; init; }

    /// <summary>Digest of the plan, as <see cref="ErasurePlan.Digest"/> has it.</summary>
    public required string PlanDigest { get; init; }

    /// <summary>Name of the signer: that of the subject of the certificate.</summary>
    public required string ApprovedBy { get; init; }

    /// <summary>SHA-256 of the signer's certificate, 64 hexadecimal digits.</summary>
    public required string CertificateSha256 { get; init; }

    /// <summary>When it was signed, by the clock of the signer; null when the signature does not say.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>When a trusted time stamp says that the signature existed; null when there is no such time stamp.</summary>
    public DateTimeOffset? TimestampedAt { get; init; }

    /// <summary>The bytes of the signature that were made or checked.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Signer and digest of the plan.</summary>
    public override string ToString() => VisibleText.OfLine($"{PlanDigest}, approved by {ApprovedBy}");
}
