using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// Computes a <see cref="KeptDigest"/>: the first half of SHA-256 over the tags of AES-GCM, under a key that is no secret, of chunks of 32 KiB.
/// Both are the platform's, which is as fast in the first second of a process as later: a fast hash in managed code runs unoptimised for most
/// of an erasure and made it twice as long, and SHA-256 over everything, a quarter of the speed, made it a quarter longer.
/// </summary>
internal sealed class KeptHash
{
    /// <summary>Records are small, and each call of the platform has its price.</summary>
    private const int ChunkSize = 32 * 1024;

    private const int TagSize = 16;

    /// <summary>An instance serves one call at a time.</summary>
    [ThreadStatic]
    private static AesGcm? t_aes;

    private readonly IncrementalHash _tags = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _chunk = new byte[ChunkSize];
    private int _count;
    private long _chunks;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_count == 0 && bytes.Length >= ChunkSize)
            {
                Add(bytes[..ChunkSize]);
                bytes = bytes[ChunkSize..];
                continue;
            }

            int count = Math.Min(bytes.Length, ChunkSize - _count);
            bytes[..count].CopyTo(_chunk.AsSpan(_count));
            bytes = bytes[count..];
            _count += count;
            if (_count == ChunkSize)
                Flush();
        }
    }

    public KeptDigest ToDigest()
    {
        Flush();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _tags.GetCurrentHash(hash);
        return new KeptDigest(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    private void Flush()
    {
        if (_count == 0)
            return;
        Add(_chunk.AsSpan(0, _count));
        _count = 0;
    }

    /// <summary>The tag is of the chunk, its length and its place among the others.</summary>
    private void Add(ReadOnlySpan<byte> chunk)
    {
        Span<byte> nonce = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(nonce, _chunks++);
        Span<byte> tag = stackalloc byte[TagSize];
        (t_aes ??= new AesGcm("IotHubDsr: kept!"u8, TagSize)).Encrypt(nonce, plaintext: [], ciphertext: [], tag, chunk);
        _tags.AppendData(tag);
    }
}
