using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr;

/// <summary>Options to check erasure certificates; no connection is needed.</summary>
public sealed record CheckCertificatesOptions
{
    /// <summary>As for <see cref="ApprovePlanOptions.Context"/>; nothing is sent over it.</summary>
    public DsrContext? Context { get; init; }

    /// <summary>Full paths of the certificates; those of one request are checked as a chain.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>
    /// Certificates of those who are trusted to sign, or of root authorities for them. Nobody is trusted who is not named by one.
    /// </summary>
    public IReadOnlyList<X509Certificate2> Trusted { get; init; } = [];

    /// <summary>
    /// As for <see cref="ApprovalRequirement.TimestampAuthorities"/>; a time stamp is beside its certificate, with <c>.tsr</c> added to the
    /// name.
    /// </summary>
    public IReadOnlyList<X509Certificate2> TimestampAuthorities { get; init; } = [];

    /// <summary>Full paths of the request's journal, its parts in order; empty when it is not compared.</summary>
    public IReadOnlyList<string> JournalPaths { get; init; } = [];
}
