using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr;

/// <summary>
/// What an approval has to be: a signature of the plan's file by somebody who is trusted and does not perform the erasure.
/// </summary>
public sealed record ApprovalRequirement
{
    /// <summary>Full path of the signature; null when it is beside the plan, with <c>.p7s</c> added to its name.</summary>
    public string? SignaturePath { get; init; }

    /// <summary>
    /// Certificates of those who may approve, or of root authorities for them. Nobody may approve who is not named by one.
    /// </summary>
    public IReadOnlyList<X509Certificate2> Approvers { get; init; } = [];

    /// <summary>Certificates of those whose time stamps (RFC 3161) count, or of root authorities for them.</summary>
    public IReadOnlyList<X509Certificate2> TimestampAuthorities { get; init; } = [];

    /// <summary>Certificate of the performer; null when there is none.</summary>
    public X509Certificate2? PerformerCertificate { get; init; }

    /// <summary>
    /// Names by which who performs the erasure is known: the one that was given, and without a certificate that of the account.
    /// </summary>
    public IReadOnlyList<string> PerformerNames { get; init; } = [];
}
