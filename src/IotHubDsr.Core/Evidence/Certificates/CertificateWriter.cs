using IotHubDsr.Core.Evidence.Signatures;

namespace IotHubDsr.Core.Evidence.Certificates;

/// <summary>Issues certificates.</summary>
internal static class CertificateWriter
{
    /// <summary>The bytes of the file. Its SHA-256 is what the next certificate of the request follows.</summary>
    /// <param name="content">What it says.</param>
    /// <param name="key">The key that signs it; without one it is unsigned, and says so.</param>
    /// <exception cref="FormatException">The content is not complete.</exception>
    /// <exception cref="DsrException">The key does not sign.</exception>
    public static byte[] Write(CertificateContent content, SigningKey? key)
    {
        byte[] payload = CertificateStatement.Write(content, key?.Certificate);
        byte[]? signature = key?.Sign(DsseEnvelope.PreAuthenticationEncoding(payload));
        return new DsseEnvelope(payload, key?.KeyId, signature).Write();
    }
}
