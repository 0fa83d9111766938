using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Identity;

internal enum TokenVerdict
{
    Valid,
    Missing,
    BadSignature,
    Expired,
    WrongAudience,
}

/// <summary>
/// Issues and checks access tokens. They live in real time, not in the world's: a client's token cache does not know that a
/// test has advanced the clock.
/// </summary>
internal sealed class TokenIssuer(Tenant tenant, TimeProvider real)
{
    private const string Scheme = "Bearer ";
    private static readonly string Header = Encode("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>How long new tokens live. Zero or less issues tokens that have already expired.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The lifetime of a new token as announced to clients. A client that knows of a token's expiry never sends it, and then no service
    /// could be seen to refuse it.
    /// </summary>
    public long AnnouncedLifetimeSeconds => Lifetime > TimeSpan.Zero ? (long)Lifetime.TotalSeconds : 3600;

    /// <summary>When clients are told that a token which is issued now ends: no later than after this time.</summary>
    public DateTimeOffset AnnouncedExpiryWithin(TimeSpan most) =>
        real.GetUtcNow().AddSeconds(Math.Min(AnnouncedLifetimeSeconds, most.TotalSeconds));

    public string Issue(string audience)
    {
        DateTimeOffset now = real.GetUtcNow();
        var claims = new JsonObject
        {
            ["aud"] = audience,
            ["iss"] = $"https://sts.windows.net/{tenant.TenantId}/",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = Math.Min(now.ToUnixTimeSeconds(), (now + Lifetime).ToUnixTimeSeconds()),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
            ["appid"] = tenant.ClientId,
            ["oid"] = tenant.ClientId,
            ["tid"] = tenant.TenantId,
            ["ver"] = "1.0",
        };
        string signed = $"{Header}.{Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Sign(signed)}";
    }

    public TokenVerdict Check(string? authorization, IReadOnlyList<string> audiences)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return TokenVerdict.Missing;

        string[] parts = authorization[Scheme.Length..].Trim().Split('.');
        if (parts.Length != 3 || !FixedTimeEquals(Sign($"{parts[0]}.{parts[1]}"), parts[2]))
            return TokenVerdict.BadSignature;

        // Only what this issuer has signed gets here, so the claims are there and well formed.
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        if (claims.RootElement.GetProperty("exp").GetInt64() <= real.GetUtcNow().ToUnixTimeSeconds())
            return TokenVerdict.Expired;

        string audience = claims.RootElement.GetProperty("aud").GetString()!;
        return audiences.Contains(audience, StringComparer.OrdinalIgnoreCase) ? TokenVerdict.Valid : TokenVerdict.WrongAudience;
    }

    /// <summary>When a token ends that was found valid.</summary>
    public static DateTimeOffset ExpiryOf(string token)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Trim().Split('.')[1]));
        return DateTimeOffset.FromUnixTimeSeconds(claims.RootElement.GetProperty("exp").GetInt64());
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private static bool FixedTimeEquals(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));

    private string Sign(string text) => Encode(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
}
