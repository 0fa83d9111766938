using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Evidence.Signatures;

/// <summary>
/// Time stamps (RFC 3161) of authorities that are named: of a CMS signature in its unsigned attribute id-aa-timeStampToken, and of a file
/// in a response or token beside it. One that is not reliable is treated as absent, with the reason.
/// </summary>
/// <param name="Time">When the authority saw what it stamped; null if there is no valid time stamp.</param>
/// <param name="Doubt">Why an existing one is not accepted.</param>
internal readonly record struct Timestamp(DateTimeOffset? Time, string? Doubt)
{
    private const string TokenAttribute = "1.2.840.113549.1.9.16.2.14";

    public static Timestamp None => default;

    /// <summary>The time stamp of a CMS signature, the earliest that counts.</summary>
    public static Timestamp Of(SignerInfo signature, SignerTrust trust)
    {
        List<Timestamp> all =
        [
            .. signature
                .UnsignedAttributes.Cast<CryptographicAttributeObject>()
                .Where(attribute => attribute.Oid.Value == TokenAttribute)
                .SelectMany(attribute => attribute.Values.Cast<AsnEncodedData>())
                .Select(value =>
                    Check(value.RawData, signature.Certificate!, trust, token =>
                        token.VerifySignatureForSignerInfo(signature, out X509Certificate2? by) ? by : null
                    )
                ),
        ];
        return all.Count == 0 ? None : all.OrderBy(one => one.Time ?? DateTimeOffset.MaxValue).First();
    }

    /// <summary>The time stamp of data.</summary>
    /// <param name="response">A time-stamp response, as tools write it, or the token in it.</param>
    /// <param name="data">What was stamped.</param>
    /// <param name="signer">Who signed the data, and cannot stamp it.</param>
    /// <param name="trust">Whose time stamps count.</param>
    public static Timestamp Of(ReadOnlyMemory<byte> response, ReadOnlyMemory<byte> data, X509Certificate2 signer, SignerTrust trust) =>
        Check(TokenOf(response), signer, trust, token => token.VerifySignatureForData(data.Span, out X509Certificate2? by) ? by : null);

    private static Timestamp Check(
        ReadOnlyMemory<byte> encoded,
        X509Certificate2 signer,
        SignerTrust trust,
        Func<Rfc3161TimestampToken, X509Certificate2?> verify
    )
    {
        try
        {
            if (!Rfc3161TimestampToken.TryDecode(encoded, out Rfc3161TimestampToken? token, out _) || verify(token) is not { } authority)
                return new Timestamp(null, "its time stamp cannot be read, or covers something else");
            using (authority)
            {
                SignedCms cms = token.AsSignedCms();
                string? doubt =
                    !X509Use.IsStrongHash(token.TokenInfo.HashAlgorithmId.Value) || CmsStrength.Doubt(cms.SignerInfos[0]) is not null
                        ? "its time stamp was not made with SHA-256 or better"
                    : authority.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(signer.PublicKey.ExportSubjectPublicKeyInfo())
                        ? "its time stamp was made by its signer"
                    : X509Trust.Doubt(
                        authority,
                        trust.TimestampAuthorities,
                        token.TokenInfo.Timestamp,
                        X509Purpose.TimeStamping,
                        cms.Certificates
                    )
                        is { } distrust
                        ? $"the authority of its time stamp is not trusted: {distrust}"
                    : null;
                return doubt is null ? new Timestamp(token.TokenInfo.Timestamp, null) : new Timestamp(null, doubt);
            }
        }
        catch (CryptographicException)
        {
            return new Timestamp(null, "its time stamp cannot be read");
        }
    }

    /// <summary>The token of a response (RFC 3161, section 2.4.2); anything else is taken for the token itself.</summary>
    private static ReadOnlyMemory<byte> TokenOf(ReadOnlyMemory<byte> response)
    {
        try
        {
            AsnReader outer = new AsnReader(response, AsnEncodingRules.BER).ReadSequence();
            if (!outer.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
                return response;
            outer.ReadEncodedValue();
            return outer.HasData ? outer.ReadEncodedValue() : response;
        }
        catch (AsnContentException)
        {
            return response;
        }
    }
}

/// <summary>Whether a CMS signature is made with hashes that still prove something.</summary>
internal static class CmsStrength
{
    /// <summary>Why it is not; null when it is.</summary>
    public static string? Doubt(SignerInfo signature) =>
        X509Use.IsStrongHash(signature.DigestAlgorithm.Value) && X509Use.IsStrongOrHashless(signature.SignatureAlgorithm.Value)
            ? null
            : $"its signature was made with {signature.DigestAlgorithm.FriendlyName ?? signature.DigestAlgorithm.Value} "
                + $"({signature.SignatureAlgorithm.FriendlyName ?? signature.SignatureAlgorithm.Value}): SHA-256 or better is required";
}
