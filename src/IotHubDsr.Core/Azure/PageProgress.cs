using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// Ensures that a listing ends. A service that gives a token a second time, or page after page without anything new, would otherwise be
/// asked for ever.
/// </summary>
internal sealed class PageProgress
{
    /// <summary>Services give empty pages while they pass over what does not match; not as many as this.</summary>
    public const int MostIdlePages = 1_000;

    private readonly HashSet<UInt128> _tokens = [];
    private UInt128 _last;
    private int _idle;

    /// <summary>Whether the listing goes on as it should after a page.</summary>
    /// <param name="token">What the next page is asked for by; null or empty for the last page.</param>
    /// <param name="items">Number of items on the page.</param>
    /// <param name="first">What tells the first item from others; null when there is none.</param>
    public bool IsMade(string? token, int items, string? first)
    {
        if (string.IsNullOrEmpty(token))
            return true;
        UInt128 page = DigestOf($"{items}\n{first}");
        _idle = items == 0 || page == _last ? _idle + 1 : 0;
        _last = page;
        return _tokens.Add(DigestOf(token)) && _idle < MostIdlePages;
    }

    /// <summary>Tokens can be kilobytes long, and there can be many.</summary>
    private static UInt128 DigestOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
