using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

/// <summary>A time-stamping authority (RFC 3161) that stamps whatever time a test wants.</summary>
internal static class TestTimestamps
{
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    private const string TokenContent = "1.2.840.113549.1.9.16.1.4";
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
    private const string TokenAttribute = "1.2.840.113549.1.9.16.2.14";

    public static X509Certificate2 MakeAuthority(bool maysStamp = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Time Stamps", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        if (maysStamp)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(TimeStamping)], critical: true));
        return request.CreateSelfSigned(TestX509.Start.AddYears(-10), TestX509.Start.AddYears(10));
    }

    /// <summary>A token over data.</summary>
    public static byte[] Token(X509Certificate2 authority, byte[] data, DateTimeOffset time)
    {
        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            info.WriteInteger(1);
            info.WriteObjectIdentifier("1.3.6.1.4.1.99999.1");
            using (info.PushSequence())
            {
                using (info.PushSequence())
                    info.WriteObjectIdentifier("2.16.840.1.101.3.4.2.1");
                info.WriteOctetString(SHA256.HashData(data));
            }

            info.WriteInteger(1);
            info.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }

        var certificate = new AsnWriter(AsnEncodingRules.DER);
        using (certificate.PushSequence())
        using (certificate.PushSequence())
        using (certificate.PushSequence())
            certificate.WriteOctetString(SHA256.HashData(authority.RawData));

        var cms = new SignedCms(new ContentInfo(new Oid(TokenContent), info.Encode()));
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, authority)
        {
            DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"),
        };
        signer.SignedAttributes.Add(new AsnEncodedData(new Oid(SigningCertificateV2), certificate.Encode()));
        cms.ComputeSignature(signer);
        return cms.Encode();
    }

    /// <summary>A response with a token in it, as authorities send it and tools save it.</summary>
    public static byte[] Response(X509Certificate2 authority, byte[] data, DateTimeOffset time)
    {
        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            using (response.PushSequence())
                response.WriteInteger(0);
            response.WriteEncodedValue(Token(authority, data, time));
        }

        return response.Encode();
    }

    /// <summary>A detached CMS signature with a time stamp over it.</summary>
    public static byte[] Stamp(byte[] signature, X509Certificate2 authority, DateTimeOffset time)
    {
        var cms = new SignedCms();
        cms.Decode(signature);
        byte[] token = Token(authority, cms.SignerInfos[0].GetSignature(), time);
        cms.SignerInfos[0].AddUnsignedAttribute(new AsnEncodedData(new Oid(TokenAttribute), token));
        return cms.Encode();
    }
}
