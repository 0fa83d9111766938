using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Evidence.Signatures;

/// <summary>Whose signatures count, and when that is asked.</summary>
/// <param name="Anchors">Certificates that are trusted themselves, or as authorities. Only named certificates are trusted.</param>
/// <param name="TimestampAuthorities">The same for those who stamp times.</param>
/// <param name="Now">The time of the check.</param>
internal sealed record SignerTrust(
    IReadOnlyCollection<X509Certificate2> Anchors,
    IReadOnlyCollection<X509Certificate2> TimestampAuthorities,
    DateTimeOffset Now
);

/// <summary>
/// Whether a named certificate vouches for a certificate. The machine's authorities vouch for nobody: they issue to anyone. Nothing is
/// fetched from a network: revocation is not known.
/// </summary>
internal static class X509Trust
{
    /// <summary>Why it is not trusted; null when it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="anchors">Certificates that are trusted themselves, or as authorities.</param>
    /// <param name="at">A time that the owner of the certificate cannot choose.</param>
    /// <param name="purpose">What it was used for.</param>
    /// <param name="intermediates">Certificates that may lead to an authority.</param>
    public static string? Doubt(
        X509Certificate2 certificate,
        IReadOnlyCollection<X509Certificate2> anchors,
        DateTimeOffset at,
        X509Purpose purpose,
        X509Certificate2Collection? intermediates = null
    )
    {
        if (anchors.Count == 0)
            return "no trusted certificates were named";
        if (!SigningKey.IsValidAt(certificate, at))
        {
            return $"it is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}, not at "
                + $"{at.UtcDateTime:u}";
        }

        if (X509Use.Doubt(certificate, purpose) is { } unfit)
            return unfit;
        return anchors.Any(one => one.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))
            ? null
            : DoubtOfChain(certificate, anchors, at, purpose, intermediates);
    }

    private static string? DoubtOfChain(
        X509Certificate2 certificate,
        IReadOnlyCollection<X509Certificate2> anchors,
        DateTimeOffset at,
        X509Purpose purpose,
        X509Certificate2Collection? intermediates
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors.ToArray());
        if (intermediates is not null)
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        try
        {
            return chain.Build(certificate)
                ? WeakLink([.. chain.ChainElements.Select(element => element.Certificate)], purpose)
                : "none of the named certificates vouches for it "
                    + $"({string.Join(", ", chain.ChainStatus.Select(status => status.Status.ToString()).Distinct())})";
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    /// <param name="chain">The certificate, the authorities between, and the one that was named. That one is trusted as it is.</param>
    /// <param name="purpose">What it was used for.</param>
    private static string? WeakLink(IReadOnlyList<X509Certificate2> chain, X509Purpose purpose)
    {
        for (int index = 0; index < chain.Count; index++)
        {
            bool isAnchor = index == chain.Count - 1;
            string? reason = X509Use.DoubtOfKey(chain[index])
                ?? (isAnchor ? null : X509Use.DoubtOfSignature(chain[index]))
                ?? (isAnchor || index == 0 ? null : X509Use.DoubtOfPurpose(chain[index], purpose));
            if (reason is not null)
                return index == 0 ? reason : $"its authority '{chain[index].Subject}': {reason}";
        }

        return null;
    }
}
