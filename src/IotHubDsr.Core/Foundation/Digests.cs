using System.Security.Cryptography;

namespace IotHubDsr.Core.Foundation;

/// <summary>Digests as plans, journals and certificates give them: <c>sha256:</c> and 64 hexadecimal digits in lower case.</summary>
internal static class Digests
{
    private const string Prefix = "sha256:";

    public static string Of(ReadOnlySpan<byte> data) => Prefix + HexOf(data);

    /// <summary>A hash that was computed elsewhere.</summary>
    public static string OfHash(ReadOnlySpan<byte> sha256) => Prefix + Convert.ToHexString(sha256).ToLowerInvariant();

    public static string HexOf(ReadOnlySpan<byte> data) => Convert.ToHexString(SHA256.HashData(data)).ToLowerInvariant();

    public static bool IsHex(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The hexadecimal digits of a digest.</summary>
    /// <exception cref="FormatException">It is not a digest.</exception>
    public static string Hex(string digest) =>
        digest.StartsWith(Prefix, StringComparison.Ordinal) && IsHex(digest[Prefix.Length..])
            ? digest[Prefix.Length..]
            : throw new FormatException($"'{digest}' is not a SHA-256 digest.");
}
