using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Packages.Envelopes;

/// <summary>
/// Encrypts a key to the holder of a certificate with an elliptic curve key: ephemeral-static ECDH with the X9.63 key derivation over
/// SHA-256 (RFC 5753) and the AES key wrap (RFC 3394).
/// </summary>
internal static class KeyAgreement
{
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string StdDhSha256Kdf = "1.3.132.1.11.1";
    private const string Aes256Wrap = "2.16.840.1.101.3.4.1.45";
    private const int KeyBytes = 32;
    private const int WrapRounds = 6;

    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    public static bool Supports(X509Certificate2 certificate)
    {
        using ECDiffieHellman? key = certificate.GetECDiffieHellmanPublicKey();
        return key is not null && CurveOf(key) is { } curve && Curves.Contains(curve.Oid.Value);
    }

    /// <summary>The KeyAgreeRecipientInfo.</summary>
    public static byte[] Encrypt(X509Certificate2 certificate, ReadOnlySpan<byte> contentKey)
    {
        using ECDiffieHellman recipient = certificate.GetECDiffieHellmanPublicKey()
            ?? throw new ArgumentException("The certificate has no elliptic curve key.", nameof(certificate));
        using var ephemeral = ECDiffieHellman.Create(CurveOf(recipient)!.Value);
        using ECDiffieHellmanPublicKey recipientKey = recipient.PublicKey;
        byte[] wrappingKey = ephemeral.DeriveKeyFromHash(recipientKey, HashAlgorithmName.SHA256, secretPrepend: null, DerivationInfo());
        try
        {
            return Write(certificate, ephemeral.ExportParameters(includePrivateParameters: false).Q, Wrap(wrappingKey, contentKey));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrappingKey);
        }
    }

    private static ECCurve? CurveOf(ECDiffieHellman key)
    {
        ECCurve curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed ? curve : null;
    }

    /// <summary>What is hashed after the shared secret: the counter of the one block that is needed, and ECC-CMS-SharedInfo.</summary>
    private static byte[] DerivationInfo()
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteAlgorithm(writer, Aes256Wrap);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            {
                BinaryPrimitives.WriteInt32BigEndian(number, KeyBytes * 8);
                writer.WriteOctetString(number);
            }
        }

        BinaryPrimitives.WriteInt32BigEndian(number, 1);
        return [.. number, .. writer.Encode()];
    }

    /// <summary>RFC 3394, section 2.2.1.</summary>
    private static byte[] Wrap(byte[] wrappingKey, ReadOnlySpan<byte> key)
    {
        const int half = 8;
        using var aes = Aes.Create();
        aes.Key = wrappingKey;
        byte[] wrapped = new byte[key.Length + half];
        Span<byte> block = stackalloc byte[2 * half];
        block[..half].Fill(0xA6);
        key.CopyTo(wrapped.AsSpan(half));
        int parts = key.Length / half;
        for (int step = 0; step < WrapRounds * parts; step++)
        {
            Span<byte> part = wrapped.AsSpan(half * (1 + (step % parts)), half);
            part.CopyTo(block[half..]);
            aes.EncryptEcb(block, block, PaddingMode.None);
            block[half..].CopyTo(part);
            ulong head = BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)(step + 1);
            BinaryPrimitives.WriteUInt64BigEndian(block, head);
        }

        block[..half].CopyTo(wrapped);
        return wrapped;
    }

    private static byte[] Write(X509Certificate2 certificate, ECPoint ephemeral, byte[] wrappedKey)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
        {
            writer.WriteInteger(3);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            {
                WriteAlgorithm(writer, EcPublicKey);
                writer.WriteBitString([0x04, .. ephemeral.X!, .. ephemeral.Y!]);
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(StdDhSha256Kdf);
                WriteAlgorithm(writer, Aes256Wrap);
            }

            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                CmsRecipient.WriteIssuerAndSerialNumber(writer, certificate);
                writer.WriteOctetString(wrappedKey);
            }
        }

        return writer.Encode();
    }

    private static void WriteAlgorithm(AsnWriter writer, string oid)
    {
        using (writer.PushSequence())
            writer.WriteObjectIdentifier(oid);
    }
}
