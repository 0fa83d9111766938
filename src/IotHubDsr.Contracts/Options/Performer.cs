using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr;

/// <summary>Who works on a request.</summary>
public sealed record Performer
{
    /// <summary>Name, as the certificate gives it; null for the user and the machine.</summary>
    public string? Name { get; init; }

    /// <summary>The certificate with whose key the outcome is signed; null when it is not signed.</summary>
    public X509Certificate2? SigningCertificate { get; init; }
}
