using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>
/// The key of an index: devices, blobs and places stand in it by hashes under the key alone. Once it is destroyed nobody can tell whether an
/// entry holds a device.
/// </summary>
internal sealed class IndexKey
{
    public const int Length = 32;

    /// <summary>Length of the name that a place has in an index, and of a mark of its key.</summary>
    public const int TagLength = 16;

    private static ReadOnlySpan<byte> DevicePrefix => "device\0"u8;

    private readonly byte[] _key;

    public IndexKey(byte[] key)
    {
        _key = key;
        Mark = Mac("key")[..TagLength];
    }

    public static IndexKey Make() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>The key in a file; null if it is none.</summary>
    public static IndexKey? Parse(byte[] file)
    {
        Span<byte> key = stackalloc byte[Length];
        return Convert.TryFromBase64String(Encoding.ASCII.GetString(file).Trim(), key, out int length) && length == Length
            ? new IndexKey(key.ToArray())
            : null;
    }

    public byte[] ToFile() => Encoding.ASCII.GetBytes(Convert.ToBase64String(_key) + "\n");

    /// <summary>What tells that something was made under this key.</summary>
    public byte[] Mark { get; }

    /// <summary>What a device is in the sets, by its ID in UTF-8.</summary>
    public ulong Device(ReadOnlySpan<byte> deviceId)
    {
        Span<byte> text = stackalloc byte[DevicePrefix.Length + Records.AskedNames.LongestId];
        DevicePrefix.CopyTo(text);
        deviceId.CopyTo(text[DevicePrefix.Length..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, text[..(DevicePrefix.Length + deviceId.Length)], hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>What a place is called in the index.</summary>
    public byte[] Place(string place) => Mac($"place\0{place}")[..TagLength];

    /// <summary>What a content of a blob is called in the index: another content, matcher or way to read it has another name.</summary>
    /// <param name="reading">The place and how it is read.</param>
    /// <param name="path">The blob or old copy.</param>
    /// <param name="etag">Its ETag.</param>
    /// <param name="length">Its length in bytes.</param>
    public UInt128 Content(string reading, string path, string etag, long length) =>
        BinaryPrimitives.ReadUInt128BigEndian(
            Mac(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"content\0{reading}\0{path}\0{etag}\0{length}"))
        );

    public void Seal(ReadOnlySpan<byte> content, Span<byte> seal) => HMACSHA256.HashData(_key, content, seal);

    private byte[] Mac(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
}
