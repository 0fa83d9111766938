using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// Computes a <see cref="KeptDigest"/>. The platform's SHA-256 is as fast in the first second of a process as later; a faster hash in managed
/// code runs unoptimised for most of an erasure, and made it twice as long.
/// </summary>
internal sealed class KeptHash
{
    /// <summary>Records are small, and each call of the platform has its price.</summary>
    private const int BufferSize = 32 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _count;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferSize - _count)
            Flush();
        if (bytes.Length > BufferSize)
        {
            _hash.AppendData(bytes);
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    public KeptDigest ToDigest()
    {
        Flush();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetCurrentHash(hash);
        return new KeptDigest(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    private void Flush()
    {
        _hash.AppendData(_buffer.AsSpan(0, _count));
        _count = 0;
    }
}
