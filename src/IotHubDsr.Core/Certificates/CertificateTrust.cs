using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Certificates;

/// <summary>Whether a certificate is trusted. Nothing is fetched from a network: revocation is not known.</summary>
internal static class CertificateTrust
{
    /// <summary>Why it is not trusted; null when it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="trusted">Certificates that are trusted themselves, or as authorities; when there are none, what the machine trusts.</param>
    /// <param name="at">When it was used.</param>
    public static string? Doubt(X509Certificate2 certificate, IReadOnlyCollection<X509Certificate2> trusted, DateTimeOffset at)
    {
        if (!SigningKey.IsValidAt(certificate, at))
            return $"it was used at {at.UtcDateTime:u}, outside of its validity";
        if (trusted.Any(one => one.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)))
            return null;

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        if (trusted.Count > 0)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(trusted.ToArray());
        }

        bool isTrusted = chain.Build(certificate);
        string[] faults = [.. chain.ChainStatus.Select(status => status.Status.ToString()).Distinct()];
        foreach (X509ChainElement element in chain.ChainElements)
            element.Certificate.Dispose();
        string by = trusted.Count > 0 ? "none of the certificates that were passed vouches for it" : "this machine does not trust it";
        return isTrusted ? null : $"{by} ({string.Join(", ", faults)})";
    }
}
