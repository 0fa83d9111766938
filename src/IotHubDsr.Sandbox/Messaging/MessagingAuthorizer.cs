using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Messaging.Amqp;

namespace IotHubDsr.Sandbox.Messaging;

/// <summary>
/// What a token allows until when: an authorization rule's rights below a path, or what the roles of the application allow.
/// </summary>
internal sealed record TokenClaim(string Path, DateTimeOffset Expires, MessagingRule? Rule);

/// <summary>
/// Checks tokens: signatures made with the key of an authorization rule, and Entra tokens where the namespace takes them.
/// </summary>
internal sealed class MessagingAuthorizer(TokenIssuer tokens, AccessRules access, TimeProvider real)
{
    private const string SignatureType = "servicebus.windows.net:sastoken";
    private const string TokenType = "jwt";
    private const string Scheme = "SharedAccessSignature ";

    public DateTimeOffset Now => real.GetUtcNow();

    public ITimer CreateTimer(Action ring) => real.CreateTimer(_ => ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public TokenClaim Verify(MessagingNamespace owner, string type, string token, string audience) =>
        type switch
        {
            SignatureType => VerifySignature(owner, token, audience),
            TokenType => VerifyToken(owner, token, audience),
            _ => throw new MessagingRefusal(400, MessagingErrors.ArgumentError, $"'{type}' is not a type of token."),
        };

    /// <summary>A token whose type nothing tells: the one that comes with a request to $management.</summary>
    public TokenClaim VerifyEither(MessagingNamespace owner, string token, string audience) =>
        Verify(owner, token.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? SignatureType : TokenType, token, audience);

    public bool Allows(MessagingNamespace owner, TokenClaim claim, string entity, MessagingRight right)
    {
        if (!NodeAddress.IsWithin(entity, claim.Path))
            return false;

        if (claim.Rule is { } rule)
            return (rule.Rights & right) == right;

        string resource = owner.ResourceOf(entity);
        return !access.DeniesMessaging(owner.Name, entity)
            && access.Grants(new AzureAction($"{owner.Provider}/namespaces/messages/{VerbOf(right)}/action", IsData: true), resource);
    }

    private static string VerbOf(MessagingRight right) =>
        right switch
        {
            MessagingRight.Send => "send",
            MessagingRight.Listen => "receive",
            _ => "manage",
        };

    private TokenClaim VerifyToken(MessagingNamespace owner, string token, string audience)
    {
        if (!owner.TakesTokens)
            throw MessagingErrors.BadToken("InvalidToken: The namespace does not accept tokens of Microsoft Entra ID.");

        string? problem = tokens.Check("Bearer " + token, owner.Audiences) switch
        {
            TokenVerdict.Valid => null,
            TokenVerdict.Expired => "ExpiredToken: The token is expired.",
            TokenVerdict.WrongAudience => "InvalidAudience: The token has an invalid audience.",
            _ => "InvalidSignature: The token has an invalid signature.",
        };
        return problem is null
            ? new TokenClaim(PathOf(owner, audience), TokenIssuer.ExpiryOf(token), null)
            : throw MessagingErrors.BadToken(problem);
    }

    private TokenClaim VerifySignature(MessagingNamespace owner, string token, string audience)
    {
        if (!token.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw MessagingErrors.BadToken("MalformedToken: The signature has no scheme.");

        var fields = token[Scheme.Length..]
            .Split('&')
            .Select(field => field.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1], StringComparer.Ordinal);
        if (
            !fields.TryGetValue("sr", out string? resource)
            || !fields.TryGetValue("sig", out string? signature)
            || !fields.TryGetValue("se", out string? expiry)
            || !fields.TryGetValue("skn", out string? name)
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
        )
        {
            throw MessagingErrors.BadToken("MalformedToken: A signature needs sr, sig, se and skn.");
        }

        string path = PathOf(owner, WebUtility.UrlDecode(resource));
        MessagingRule rule = owner
            .RulesFor(path)
            .FirstOrDefault(rule => IsSigned(rule, WebUtility.UrlDecode(name), resource, expiry, signature))
            ?? throw MessagingErrors.BadToken("InvalidSignature: The token has an invalid signature.");
        var expires = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (expires <= Now)
            throw MessagingErrors.BadToken("ExpiredToken: The token is expired.");

        if (!NodeAddress.IsWithin(PathOf(owner, audience), path))
            throw MessagingErrors.BadToken("InvalidAudience: The signature is for another resource.");

        return new TokenClaim(path, expires, rule);
    }

    private static bool IsSigned(MessagingRule rule, string name, string resource, string expiry, string signature)
    {
        if (!rule.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            return false;

        byte[] signed = Encoding.UTF8.GetBytes($"{resource}\n{expiry}");
        byte[] presented = Encoding.UTF8.GetBytes(WebUtility.UrlDecode(signature));
        return ((string[])[rule.PrimaryKey, rule.SecondaryKey]).Any(key =>
            // Unlike the hub's own API, messaging signs with the text of the key.
            CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed))),
                presented
            )
        );
    }

    private static string PathOf(MessagingNamespace owner, string resource)
    {
        string rest = resource.Contains("://", StringComparison.Ordinal)
            ? resource[(resource.IndexOf("://", StringComparison.Ordinal) + 3)..]
            : resource;
        string[] parts = rest.Split('/', 2);
        if (!parts[0].Split(':')[0].Equals(owner.HostName, StringComparison.OrdinalIgnoreCase))
            throw MessagingErrors.BadToken("InvalidAudience: The token is for another namespace.");

        // A token for the management node of an entity is one for the entity.
        string path = NodeAddress.Normalize(parts.Length == 1 ? "" : parts[1]);
        return path.EndsWith(NodeAddress.Management, StringComparison.OrdinalIgnoreCase)
            ? path[..^NodeAddress.Management.Length].TrimEnd('/')
            : path;
    }
}
