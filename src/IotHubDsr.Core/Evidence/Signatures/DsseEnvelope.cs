using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Signatures;

/// <summary>
/// A statement in a DSSE envelope (Dead Simple Signing Envelope v1), as a file. One that is not signed has no signatures, which every DSSE
/// verifier refuses, and a digest of the payload instead, by which a changed bit shows.
/// </summary>
internal sealed record DsseEnvelope(byte[] Payload, string? KeyId, byte[]? Signature)
{
    public const string PayloadType = "application/vnd.in-toto+json";

    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 8 };

    /// <summary>What is signed: the pre-authentication encoding of the payload and its type.</summary>
    public static byte[] PreAuthenticationEncoding(ReadOnlySpan<byte> payload) =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {PayloadType.Length} {PayloadType} {payload.Length} "), .. payload];

    /// <summary>The bytes of the file: canonical JSON.</summary>
    public byte[] Write() => CanonicalWriter.ToArray(Write);

    /// <summary>Reads a file that is, byte for byte, what would be written.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static DsseEnvelope Read(ReadOnlyMemory<byte> file)
    {
        using var document = JsonDocument.Parse(file, Bounded);
        JsonElement envelope = document.RootElement;
        JsonElement signatures = envelope.GetProperty("signatures");
        byte[] payload = envelope.GetProperty("payload").GetBytesFromBase64();
        DsseEnvelope read = signatures.GetArrayLength() switch
        {
            0 => new DsseEnvelope(payload, null, null),
            1 => new DsseEnvelope(
                payload,
                signatures[0].GetProperty("keyid").GetString(),
                signatures[0].GetProperty("sig").GetBytesFromBase64()
            ),
            _ => throw new FormatException("It has more than one signature."),
        };
        return CanonicalWriter.IsWritten(file, read.Write) ? read : throw new FormatException("The envelope is not as it was issued.");
    }

    private void Write(CanonicalWriter writer)
    {
        writer.StartObject();
        writer.Name("payload");
        writer.Base64(Payload);
        if (Signature is null)
            writer.Member("payloadSha256", Digests.HexOf(Payload));
        writer.Member("payloadType", PayloadType);
        writer.Name("signatures");
        writer.StartArray();
        if (Signature is not null)
        {
            writer.StartObject();
            writer.Member("keyid", KeyId);
            writer.Name("sig");
            writer.Base64(Signature);
            writer.EndObject();
        }

        writer.EndArray();
        writer.EndObject();
    }
}
