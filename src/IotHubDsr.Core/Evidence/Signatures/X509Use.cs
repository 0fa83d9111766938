using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Evidence.Signatures;

/// <summary>What a certificate was used for.</summary>
internal enum X509Purpose
{
    /// <summary>Approving a plan, or signing an erasure certificate.</summary>
    Signing,

    /// <summary>Stamping the time of another's signature (RFC 3161).</summary>
    TimeStamping,
}

/// <summary>Whether a certificate may be used for something, and whether its key and the signature on it are strong enough.</summary>
internal static class X509Use
{
    private const int SmallestRsaKey = 2048;
    private const int SmallestCurve = 256;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    private const string RsaPss = "1.2.840.113549.1.1.10";
    private const string AcceptedPurposes =
        "document signing, e-mail protection, code signing, any purpose, or client authentication of a certificate that is not also a "
        + "server's";

    /// <summary>Any purpose, e-mail protection, code signing, document signing (RFC 9336, and Microsoft's older one).</summary>
    private static readonly HashSet<string> SigningPurposes = new(StringComparer.Ordinal)
    {
        "2.5.29.37.0",
        "1.3.6.1.5.5.7.3.4",
        "1.3.6.1.5.5.7.3.3",
        "1.3.6.1.5.5.7.3.36",
        "1.3.6.1.4.1.311.10.3.12",
    };

    /// <summary>SHA-256, SHA-384, SHA-512 and SHA3 of the same lengths.</summary>
    private static readonly HashSet<string> StrongHashes = new(StringComparer.Ordinal)
    {
        "2.16.840.1.101.3.4.2.1",
        "2.16.840.1.101.3.4.2.2",
        "2.16.840.1.101.3.4.2.3",
        "2.16.840.1.101.3.4.2.8",
        "2.16.840.1.101.3.4.2.9",
        "2.16.840.1.101.3.4.2.10",
    };

    /// <summary>RSA (PKCS #1) and ECDSA, each with one of these hashes.</summary>
    private static readonly HashSet<string> StrongSignatures = new(StringComparer.Ordinal)
    {
        "1.2.840.113549.1.1.11",
        "1.2.840.113549.1.1.12",
        "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2",
        "1.2.840.10045.4.3.3",
        "1.2.840.10045.4.3.4",
        "2.16.840.1.101.3.4.3.10",
        "2.16.840.1.101.3.4.3.11",
        "2.16.840.1.101.3.4.3.12",
        "2.16.840.1.101.3.4.3.14",
        "2.16.840.1.101.3.4.3.15",
        "2.16.840.1.101.3.4.3.16",
    };

    /// <summary>Why a certificate may not be used for something; null when it may.</summary>
    public static string? Doubt(X509Certificate2 certificate, X509Purpose purpose)
    {
        bool maySign =
            certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is not { } usage
            || (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) != 0;
        return maySign ? DoubtOfPurpose(certificate, purpose) ?? DoubtOfKey(certificate) : "its key usage does not allow signatures";
    }

    /// <summary>
    /// Why its extended key usage does not cover a purpose. A certificate without one is for every purpose (RFC 5280, 4.2.1.12).
    /// </summary>
    public static string? DoubtOfPurpose(X509Certificate2 certificate, X509Purpose purpose)
    {
        HashSet<string> purposes =
        [
            .. certificate
                .Extensions.OfType<X509EnhancedKeyUsageExtension>()
                .SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>())
                .Select(oid => oid.Value!),
        ];
        if (purpose == X509Purpose.TimeStamping)
            return purposes.Count == 0 || purposes.Contains(TimeStamping) ? null : "its extended key usage does not cover time stamps";
        bool isForSigning =
            purposes.Count == 0
            || purposes.Overlaps(SigningPurposes)
            || (purposes.Contains(ClientAuthentication) && !purposes.Contains(ServerAuthentication));
        return isForSigning
            ? null
            : $"its extended key usage ({string.Join(", ", purposes)}) does not cover signatures by people; accepted are "
                + $"{AcceptedPurposes}";
    }

    /// <summary>Why its key is too weak; null when it is not.</summary>
    public static string? DoubtOfKey(X509Certificate2 certificate)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        using ECDsa? ecdsa = certificate.GetECDsaPublicKey();
        return rsa?.KeySize >= SmallestRsaKey || ecdsa?.KeySize >= SmallestCurve
            ? null
            : $"its key is neither RSA of at least {SmallestRsaKey} bits nor on a curve of at least {SmallestCurve} bits";
    }

    /// <summary>Why the signature of its issuer proves nothing any more; null when it does.</summary>
    public static string? DoubtOfSignature(X509Certificate2 certificate)
    {
        string algorithm = certificate.SignatureAlgorithm.Value ?? string.Empty;
        bool isStrong = algorithm == RsaPss ? IsStrongHash(HashOfPss(certificate.RawData)) : StrongSignatures.Contains(algorithm);
        return isStrong
            ? null
            : $"it was signed by its issuer with {certificate.SignatureAlgorithm.FriendlyName ?? algorithm}: SHA-256 or better is required";
    }

    public static bool IsStrongHash(string? oid) => oid is not null && StrongHashes.Contains(oid);

    /// <summary>
    /// Whether a signature algorithm names no weaker hash than SHA-256; where it names none, the digest algorithm beside it counts.
    /// </summary>
    public static bool IsStrongOrHashless(string? oid) =>
        oid is "1.2.840.113549.1.1.1" or RsaPss or "1.2.840.10045.2.1" || (oid is not null && StrongSignatures.Contains(oid));

    /// <summary>The hash in the parameters of RSASSA-PSS (RFC 4055); SHA-1, by its rules, when they name none.</summary>
    private static string? HashOfPss(byte[] certificate)
    {
        try
        {
            AsnReader outer = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
            outer.ReadEncodedValue();
            AsnReader algorithm = outer.ReadSequence();
            algorithm.ReadObjectIdentifier();
            AsnReader parameters = algorithm.ReadSequence();
            var hash = new Asn1Tag(TagClass.ContextSpecific, 0);
            return parameters.HasData && parameters.PeekTag().HasSameClassAndValue(hash)
                ? parameters.ReadSequence(hash).ReadSequence().ReadObjectIdentifier()
                : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
