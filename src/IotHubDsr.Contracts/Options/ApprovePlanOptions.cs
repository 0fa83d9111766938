using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr;

/// <summary>Options to approve a plan.</summary>
public sealed record ApprovePlanOptions
{
    /// <summary>Full path of the plan's file.</summary>
    public required string Path { get; init; }

    /// <summary>The connection of the session, whose services tell the time; null for the time of this machine.</summary>
    public DsrContext? Context { get; init; }

    /// <summary>Digest of the plan that the approver was asked about: another one in the file is not signed.</summary>
    public required string Digest { get; init; }

    /// <summary>
    /// Full path of the signature to make, which must not exist; null for beside the plan, with <c>.p7s</c> added to its name.
    /// </summary>
    public string? SignaturePath { get; init; }

    /// <summary>Certificate of the approver, with its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }
}
