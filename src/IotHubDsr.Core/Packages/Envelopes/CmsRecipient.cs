using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Packages.Envelopes;

/// <summary>The recipient of an envelope, with the content's key encrypted to it.</summary>
/// <param name="Info">The RecipientInfo (RFC 5652, section 6.2).</param>
/// <param name="EnvelopeVersion">The version that it asks of the EnvelopedData.</param>
internal sealed record CmsRecipient(byte[] Info, int EnvelopeVersion)
{
    private const int SmallestRsaKey = 2048;
    private const string RsaesOaep = "1.2.840.113549.1.1.7";
    private const string Mgf1 = "1.2.840.113549.1.1.8";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";

    /// <summary>
    /// Refuses a certificate that nothing should be encrypted to. Whether its issuer is trusted is for the caller to know.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">The time at which it must be valid.</param>
    public static void Check(X509Certificate2 certificate, DateTimeOffset now)
    {
        string? reason =
            now < certificate.NotBefore ? $"it is valid only from {InUtc(certificate.NotBefore)}"
            : now > certificate.NotAfter ? $"it expired on {InUtc(certificate.NotAfter)}"
            : ReasonOfKey(certificate);
        if (reason is not null)
            throw FaultCatalogue.RecipientCertificateRefused.Exception(certificate.Thumbprint, reason);
    }

    /// <summary>Encrypts a key to the holder of a certificate.</summary>
    public static CmsRecipient For(X509Certificate2 certificate, ReadOnlySpan<byte> contentKey)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        return rsa is null
            ? new CmsRecipient(KeyAgreement.Encrypt(certificate, contentKey), 2)
            : new CmsRecipient(OfRsa(certificate, rsa.Encrypt(contentKey, RSAEncryptionPadding.OaepSHA256)), 0);
    }

    /// <summary>Names a certificate by its issuer and serial number.</summary>
    public static void WriteIssuerAndSerialNumber(AsnWriter writer, X509Certificate2 certificate)
    {
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(certificate.IssuerName.RawData);
            writer.WriteInteger(new BigInteger(certificate.SerialNumberBytes.Span, isBigEndian: true));
        }
    }

    private static string InUtc(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);

    private static string? ReasonOfKey(X509Certificate2 certificate)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        X509KeyUsageFlags? usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault()?.KeyUsages;
        if (rsa is not null)
        {
            return rsa.KeySize < SmallestRsaKey ? $"its RSA key has {rsa.KeySize} bits, fewer than {SmallestRsaKey}"
                : usage?.HasFlag(X509KeyUsageFlags.KeyEncipherment) == false ? "its key usage does not allow key encipherment"
                : null;
        }

        return usage?.HasFlag(X509KeyUsageFlags.KeyAgreement) == false ? "its key usage does not allow key agreement"
            : !KeyAgreement.Supports(certificate) ? "its key is neither RSA nor P-256, P-384 or P-521"
            : null;
    }

    private static byte[] OfRsa(X509Certificate2 certificate, byte[] encryptedKey)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            WriteIssuerAndSerialNumber(writer, certificate);
            WriteOaep(writer);
            writer.WriteOctetString(encryptedKey);
        }

        return writer.Encode();
    }

    /// <summary>RSAES-OAEP with SHA-256, for the label and for the mask (RFC 4055, section 4.1).</summary>
    private static void WriteOaep(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(RsaesOaep);
            using (writer.PushSequence())
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    WriteSha256(writer);
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Mgf1);
                    WriteSha256(writer);
                }
            }
        }
    }

    private static void WriteSha256(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Sha256);
            writer.WriteNull();
        }
    }
}
