using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>A request signed with a key of the account.</summary>
internal static class KeySignature
{
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(15);

    public static bool IsSignedWith(IEnumerable<byte[]> keys, HttpRequest request, RequestTarget target, string signature)
    {
        string[] payloads = [.. Payloads(request, target)];
        return keys.Any(key => payloads.Any(payload => Matches(key, payload, signature)));
    }

    /// <summary>Whether the date that was signed is about that of the service.</summary>
    public static bool IsRecent(HttpRequest request, DateTimeOffset now)
    {
        string date = request.Headers["x-ms-date"].ToString() is { Length: > 0 } sent ? sent : request.Headers.Date.ToString();
        return DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            && (now - at).Duration() <= s_skew;
    }

    /// <summary>
    /// What may have been signed: a path by names is signed as it is meant or as it is written, and one by resource IDs by the last of
    /// them, in small letters.
    /// </summary>
    private static IEnumerable<string> Payloads(HttpRequest request, RequestTarget target)
    {
        string[] segments = target.Segments;
        bool isFeed = segments.Length % 2 == 1;
        string type = segments.Length == 0 ? "" : segments[isFeed ? ^1 : ^2];
        string[] owner = isFeed ? segments[..^1] : segments;
        string[] raw = target.Raw.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries)[..owner.Length];
        string date = request.Headers["x-ms-date"].ToString().ToLowerInvariant();
        string otherDate = date.Length > 0 ? "" : request.Headers.Date.ToString().ToLowerInvariant();
        string[] candidates = [string.Join('/', owner), string.Join('/', raw), owner.Length == 0 ? "" : owner[^1].ToLowerInvariant()];
        return candidates
            .Distinct(StringComparer.Ordinal)
            .Select(resource => $"{request.Method.ToLowerInvariant()}\n{type.ToLowerInvariant()}\n{resource}\n{date}\n{otherDate}\n");
    }

    private static bool Matches(byte[] key, string payload, string signature)
    {
        string expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(payload)));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature));
    }
}
