using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Packages.Envelopes;

/// <summary>
/// Encrypts what is written through it to the holder of a certificate: CMS EnvelopedData (RFC 5652) in BER with indefinite lengths, so
/// that nothing has to be held back until the size is known.
/// </summary>
/// <remarks>
/// The content is AES-256-CBC and not an authenticated mode: .NET's EnvelopedCms and Windows open no AuthEnvelopedData. Whether the
/// content is whole is what the manifests of the package inside say.
/// </remarks>
internal sealed class CmsEnvelope : WriteOnlyStream
{
    private const string EnvelopedData = "1.2.840.113549.1.7.3";
    private const string Data = "1.2.840.113549.1.7.1";
    private const string Aes256Cbc = "2.16.840.1.101.3.4.1.42";
    private const int OpenLevels = 5;

    private static readonly byte[] Sequence = [0x30, 0x80];
    private static readonly byte[] ContextZero = [0xA0, 0x80];

    private readonly Stream _output;
    private readonly Aes _aes = Aes.Create();
    private readonly CryptoStream _encrypted;

    /// <param name="output">Where the envelope goes; it stays open.</param>
    /// <param name="recipient">The certificate, which <see cref="CmsRecipient.Check"/> has passed.</param>
    public CmsEnvelope(Stream output, X509Certificate2 recipient)
    {
        _output = output;
        _aes.KeySize = 256;
        WriteHeader(CmsRecipient.For(recipient, _aes.Key));
        _encrypted = new CryptoStream(new OctetStrings(output), _aes.CreateEncryptor(), CryptoStreamMode.Write);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _encrypted.Write(buffer);

    protected override void OnClose()
    {
        using (_aes)
            _encrypted.Dispose();
        _output.Write(new byte[2 * OpenLevels]);
    }

    private static byte[] Encode(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    private void WriteHeader(CmsRecipient recipient)
    {
        _output.Write(Sequence);
        _output.Write(Encode(writer => writer.WriteObjectIdentifier(EnvelopedData)));
        _output.Write(ContextZero);
        _output.Write(Sequence);
        _output.Write(
            Encode(writer =>
            {
                writer.WriteInteger(recipient.EnvelopeVersion);
                using (writer.PushSetOf())
                    writer.WriteEncodedValue(recipient.Info);
            })
        );
        _output.Write(Sequence);
        _output.Write(
            Encode(writer =>
            {
                writer.WriteObjectIdentifier(Data);
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Aes256Cbc);
                    writer.WriteOctetString(_aes.IV);
                }
            })
        );
        _output.Write(ContextZero);
    }

    /// <summary>The parts of a constructed octet string.</summary>
    private sealed class OctetStrings(Stream output) : WriteOnlyStream
    {
        private readonly byte[] _part = new byte[32 * 1024];
        private int _length;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (buffer.Length > 0)
            {
                int count = Math.Min(buffer.Length, _part.Length - _length);
                buffer[..count].CopyTo(_part.AsSpan(_length));
                _length += count;
                buffer = buffer[count..];
                if (_length == _part.Length)
                    WritePart();
            }
        }

        protected override void OnClose()
        {
            if (_length > 0)
                WritePart();
        }

        private void WritePart()
        {
            output.Write(Encode(writer => writer.WriteOctetString(_part.AsSpan(0, _length))));
            _length = 0;
        }
    }
}
