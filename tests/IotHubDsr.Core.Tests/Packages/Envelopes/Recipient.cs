using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Tests.Packages.Envelopes;

/// <summary>Somebody with a certificate.</summary>
internal static class Recipient
{
    public static X509Certificate2 WithRsa(
        int bits = 2048,
        X509KeyUsageFlags? usage = X509KeyUsageFlags.KeyEncipherment,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null
    )
    {
        using var key = RSA.Create(bits);
        return Make(
            new CertificateRequest("CN=Ana López, O=\"Contoso, Ltd.\"", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            usage,
            from,
            to
        );
    }

    public static X509Certificate2 WithCurve(
        ECCurve curve,
        X509KeyUsageFlags? usage = X509KeyUsageFlags.KeyAgreement | X509KeyUsageFlags.DigitalSignature
    )
    {
        using var key = ECDsa.Create(curve);
        return Make(new CertificateRequest("CN=Ana López", key, HashAlgorithmName.SHA256), usage, null, null);
    }

    private static X509Certificate2 Make(CertificateRequest request, X509KeyUsageFlags? usage, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (usage is { } flags)
            request.CertificateExtensions.Add(new X509KeyUsageExtension(flags, critical: true));
        return request.CreateSelfSigned(from ?? DateTimeOffset.UnixEpoch, to ?? DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
