using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Sandbox.Identity;

/// <summary>A shared access signature as the hub and messaging take it: the resource, until when, and by which policy.</summary>
/// <param name="Resource">The resource as it was sent, encoding and all: so it is signed.</param>
/// <param name="Expiry">The end in seconds, as it was sent.</param>
/// <param name="Signature">The signature, still encoded.</param>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Expires">The end.</param>
internal sealed record SignatureToken(string Resource, string Expiry, string Signature, string Policy, DateTimeOffset Expires)
{
    private const string Scheme = "SharedAccessSignature ";

    /// <summary>Whether a token is a signature at all.</summary>
    public static bool IsOne(string? token) => token?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The parts of a signature; null when one of them is missing.</summary>
    public static SignatureToken? Parse(string token)
    {
        var fields = token[Scheme.Length..]
            .Split('&')
            .Select(field => field.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1], StringComparer.Ordinal);
        return
            fields.TryGetValue("sr", out string? resource)
            && fields.TryGetValue("sig", out string? signature)
            && fields.TryGetValue("se", out string? expiry)
            && fields.TryGetValue("skn", out string? policy)
            && long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? new SignatureToken(resource, expiry, signature, WebUtility.UrlDecode(policy), DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;
    }

    public bool IsSignedWith(byte[] key)
    {
        byte[] expected = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Resource}\n{Expiry}"));
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Convert.ToBase64String(expected)),
            Encoding.UTF8.GetBytes(WebUtility.UrlDecode(Signature))
        );
    }
}
