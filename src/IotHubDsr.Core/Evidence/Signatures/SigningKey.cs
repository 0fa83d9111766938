using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Evidence.Signatures;

/// <summary>
/// The key of a certificate, as it signs and is checked: RSASSA-PSS with SHA-256, or ECDSA with the hash that fits its curve. It does not
/// own the certificate.
/// </summary>
internal sealed class SigningKey
{
    private const int SmallestRsaKey = 2048;

    private readonly string? _curve;

    private SigningKey(X509Certificate2 certificate, string? curve)
    {
        Certificate = certificate;
        _curve = curve;
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate: what the key is called in an envelope.</summary>
    public string KeyId => FingerprintOf(Certificate);

    /// <summary>The hash that is signed.</summary>
    public HashAlgorithmName Hash =>
        _curve switch
        {
            "P-384" => HashAlgorithmName.SHA384,
            "P-521" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };

    /// <summary>SHA-256 of a certificate, 64 hexadecimal digits in lower case.</summary>
    public static string FingerprintOf(X509Certificate2 certificate) =>
        certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>The name that a person knows the owner of a certificate by.</summary>
    public static string NameOf(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name ? name : certificate.Subject;

    /// <summary>The private key of a certificate, to sign with now.</summary>
    /// <exception cref="DsrException">It has none, is not valid now, or may not sign.</exception>
    public static SigningKey ForSigning(X509Certificate2 certificate, DateTimeOffset now)
    {
        string? reason =
            !certificate.HasPrivateKey ? "it has no private key"
            : !IsValidAt(certificate, now)
                ? $"it is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}, not now"
            : ForChecking(certificate) is null ? null
            : X509Use.Doubt(certificate, X509Purpose.Signing);
        return reason is null && ForChecking(certificate) is { } key
            ? key
            : throw FaultCatalogue.CertificateUnusable.Exception(
                certificate.Subject,
                reason ?? $"its key is neither RSA of at least {SmallestRsaKey} bits nor P-256, P-384 or P-521"
            );
    }

    /// <summary>The public key of a certificate; null when it is of a kind that is not used here.</summary>
    public static SigningKey? ForChecking(X509Certificate2 certificate)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
            return rsa.KeySize >= SmallestRsaKey ? new SigningKey(certificate, curve: null) : null;
        using ECDsa? ecdsa = certificate.GetECDsaPublicKey();
        string? curve = ecdsa?.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true } named
            ? named.Oid.Value switch
            {
                "1.2.840.10045.3.1.7" => "P-256",
                "1.3.132.0.34" => "P-384",
                "1.3.132.0.35" => "P-521",
                _ => null,
            }
            : null;
        return curve is null ? null : new SigningKey(certificate, curve);
    }

    public static bool IsValidAt(X509Certificate2 certificate, DateTimeOffset time) =>
        time.UtcDateTime >= certificate.NotBefore.ToUniversalTime() && time.UtcDateTime <= certificate.NotAfter.ToUniversalTime();

    /// <exception cref="DsrException">The key does not sign: it was taken away, or its device refuses.</exception>
    public byte[] Sign(byte[] data)
    {
        try
        {
            using RSA? rsa = Certificate.GetRSAPrivateKey();
            if (rsa is not null)
                return rsa.SignData(data, Hash, RSASignaturePadding.Pss);
            using ECDsa ecdsa = Certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The certificate has no private key.");
            return EcdsaSignature.Sign(ecdsa, data, Hash);
        }
        catch (CryptographicException exception)
        {
            throw new DsrException(
                FaultCatalogue.CertificateUnusable.For(Certificate.Subject, $"its key does not sign ({exception.Message.TrimEnd('.')})"),
                exception
            );
        }
    }

    public bool Verify(byte[] data, byte[] signature)
    {
        using RSA? rsa = Certificate.GetRSAPublicKey();
        if (rsa is not null)
            return rsa.VerifyData(data, signature, Hash, RSASignaturePadding.Pss);
        using ECDsa ecdsa = Certificate.GetECDsaPublicKey()!;
        return EcdsaSignature.Verify(ecdsa, data, signature, Hash);
    }
}
