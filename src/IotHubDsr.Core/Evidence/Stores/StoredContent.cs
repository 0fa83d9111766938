using System.Security.Cryptography;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>Compares what is stored with what is written, without holding either.</summary>
internal static class StoredContent
{
    public static bool IsSame(string file, Action<Stream> write)
    {
        using FileStream stored = File.OpenRead(file);
        return SHA256.HashData(stored).AsSpan().SequenceEqual(HashOf(write));
    }

    public static byte[] HashOf(Action<Stream> write)
    {
        using var hash = SHA256.Create();
        using (var through = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            write(through);
        return hash.Hash!;
    }
}
