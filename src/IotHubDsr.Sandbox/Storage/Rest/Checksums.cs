using System.Security.Cryptography;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>The two checksums a client may send with a body, and gets back with the answer.</summary>
internal static class Checksums
{
    public static byte[] Md5(BlobContent content)
    {
        // The protocol's integrity check, not a protection against attackers.
#pragma warning disable CA5351
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        foreach (ReadOnlyMemory<byte> segment in content.Segments)
            hash.AppendData(segment.Span);

        return hash.GetHashAndReset();
    }

    public static byte[] Crc64(BlobContent content)
    {
        var crc = new StorageCrc64();
        foreach (ReadOnlyMemory<byte> segment in content.Segments)
            crc.Append(segment.Span);

        return BitConverter.GetBytes(crc.Value);
    }

    /// <summary>Checks the checksums the request gives; the answer repeats the MD5 if that was given, else the CRC64.</summary>
    public static StorageResponse WithVerified(this StorageResponse response, BlobRequest request, BlobContent content)
    {
        if (Verify(request, content) is { } md5)
            return response.With("Content-MD5", md5);

        return response.With("x-ms-content-crc64", Convert.ToBase64String(Crc64(content)));
    }

    /// <summary>The MD5 in base64 when the request gave one.</summary>
    public static string? Verify(
        BlobRequest request,
        BlobContent content,
        string md5Header = "Content-MD5",
        string crcHeader = "x-ms-content-crc64"
    )
    {
        if (request.Header(crcHeader) is { } crc && !Decode(crcHeader, crc, 8).AsSpan().SequenceEqual(Crc64(content)))
            throw new StorageException(StorageErrors.Crc64Mismatch);

        if (request.Header(md5Header) is not { } given)
            return null;

        byte[] expected = Decode(md5Header, given, 16);
        if (!expected.AsSpan().SequenceEqual(Md5(content)))
            throw new StorageException(StorageErrors.Md5Mismatch);

        return given;
    }

    private static byte[] Decode(string name, string value, int length)
    {
        byte[] bytes = new byte[length];
        bool valid = Convert.TryFromBase64String(value, bytes, out int written) && written == length;
        return valid ? bytes
            : length == 16 ? throw new StorageException(StorageErrors.InvalidMd5)
            : throw StorageErrors.InvalidHeader(name, value);
    }
}
