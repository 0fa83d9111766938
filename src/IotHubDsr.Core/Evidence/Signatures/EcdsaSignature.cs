using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace IotHubDsr.Core.Evidence.Signatures;

/// <summary>
/// ECDSA signatures in DER, in the one form that is accepted. Of a valid signature (r, s) anyone can compute the equally valid (r, n - s):
/// only the one with the smaller s counts, so that a changed file is never a valid one.
/// </summary>
internal static class EcdsaSignature
{
    public static byte[] Sign(ECDsa key, byte[] data, HashAlgorithmName hash)
    {
        byte[] pair = key.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        BigInteger r = Number(pair.AsSpan(0, pair.Length / 2)),
            s = Number(pair.AsSpan(pair.Length / 2)),
            order = OrderOf(key);
        return Write(r, BigInteger.Min(s, order - s));
    }

    public static bool Verify(ECDsa key, byte[] data, byte[] signature, HashAlgorithmName hash)
    {
        try
        {
            var reader = new AsnReader(signature, AsnEncodingRules.DER);
            AsnReader sequence = reader.ReadSequence();
            BigInteger r = sequence.ReadInteger(),
                s = sequence.ReadInteger();
            return s <= OrderOf(key) / 2
                && Write(r, s).AsSpan().SequenceEqual(signature)
                && key.VerifyData(data, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    private static byte[] Write(BigInteger r, BigInteger s)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }

        return writer.Encode();
    }

    /// <summary>The order of the curve's base point (SEC 2).</summary>
    private static BigInteger OrderOf(ECDsa key) =>
        Number(
            Convert.FromHexString(
                key.KeySize switch
                {
                    256 => "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
                    384 => "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
                    521 =>
                        "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
                    _ => throw new CryptographicException("The curve is not supported."),
                }
            )
        );

    private static BigInteger Number(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);
}
