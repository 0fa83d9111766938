using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

/// <summary>X.509 certificates of people and authorities, made for one run.</summary>
internal static class TestX509
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, X509Certificate2> Made = [];

    /// <summary>One of the kinds rsa, p256, p384, p521; the same one for the same name.</summary>
    public static X509Certificate2 Of(string kind, string name = "Ana Lopez")
    {
        lock (Made)
        {
            if (!Made.TryGetValue($"{kind} {name}", out X509Certificate2? certificate))
                Made[$"{kind} {name}"] = certificate = RequestFor(kind, name).CreateSelfSigned(Start, Start.AddYears(2));
            return certificate;
        }
    }

    public static X509Certificate2 Make(string kind, string name, DateTimeOffset from, DateTimeOffset to, X509KeyUsageFlags? usage = null)
    {
        CertificateRequest request = RequestFor(kind, name);
        if (usage is { } flags)
            request.CertificateExtensions.Add(new X509KeyUsageExtension(flags, critical: true));
        return request.CreateSelfSigned(from, to);
    }

    /// <summary>An authority, and a certificate that it issued.</summary>
    public static (X509Certificate2 Authority, X509Certificate2 Issued) Issue(string name, string[]? usages = null)
    {
        CertificateRequest authorityRequest = RequestFor("p256", "Contoso CA");
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 authority = authorityRequest.CreateSelfSigned(Start, Start.AddYears(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (usages is not null)
        {
            request.CertificateExtensions.Add(
                new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], critical: false)
            );
        }

        using X509Certificate2 issued = request.Create(authority, Start, Start.AddYears(1), [1, 2, 3, 4]);
        return (authority, issued.CopyWithPrivateKey(key));
    }

    /// <summary>The same, with a signature of the authority that proves nothing any more.</summary>
    public static (X509Certificate2 Authority, X509Certificate2 Issued) IssueWithSha1(string name)
    {
        using var authorityKey = RSA.Create(2048);
        var authorityRequest = new CertificateRequest("CN=Contoso CA", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 authority = authorityRequest.CreateSelfSigned(Start, Start.AddYears(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 issued = request.Create(
            authority.SubjectName,
            new Sha1Signatures(authorityKey),
            Start,
            Start.AddYears(1),
            [1, 2, 3, 4]
        );
        return (authority, issued.CopyWithPrivateKey(key));
    }

    private static CertificateRequest RequestFor(string kind, string name) =>
        kind switch
        {
            "rsa" => new CertificateRequest($"CN={name}", RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "rsa1024" => new CertificateRequest($"CN={name}", RSA.Create(1024), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "k256" => new CertificateRequest(
                $"CN={name}",
                ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1")),
                HashAlgorithmName.SHA256
            ),
            _ => new CertificateRequest(
                $"CN={name}",
                ECDsa.Create(
                    kind switch
                    {
                        "p256" => ECCurve.NamedCurves.nistP256,
                        "p384" => ECCurve.NamedCurves.nistP384,
                        "p521" => ECCurve.NamedCurves.nistP521,
                        _ => throw new ArgumentException(kind),
                    }
                ),
                HashAlgorithmName.SHA256
            ),
        };

    private sealed class Sha1Signatures(RSA key) : X509SignatureGenerator
    {
        // SEQUENCE { sha1WithRSAEncryption, NULL }
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            Convert.FromHexString("300D06092A864886F70D0101050500");

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => new(key);
    }
}
