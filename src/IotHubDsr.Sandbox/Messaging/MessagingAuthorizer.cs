using System.Net;
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
        Verify(owner, SignatureToken.IsOne(token) ? SignatureType : TokenType, token, audience);

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
        if (!SignatureToken.IsOne(token))
            throw MessagingErrors.BadToken("MalformedToken: The signature has no scheme.");

        SignatureToken signature = SignatureToken.Parse(token)
            ?? throw MessagingErrors.BadToken("MalformedToken: A signature needs sr, sig, se and skn.");
        string path = PathOf(owner, WebUtility.UrlDecode(signature.Resource));
        MessagingRule rule = owner.RulesFor(path).FirstOrDefault(rule => IsSigned(rule, signature))
            ?? throw MessagingErrors.BadToken("InvalidSignature: The token has an invalid signature.");
        if (signature.Expires <= Now)
            throw MessagingErrors.BadToken("ExpiredToken: The token is expired.");

        if (!NodeAddress.IsWithin(PathOf(owner, audience), path))
            throw MessagingErrors.BadToken("InvalidAudience: The signature is for another resource.");

        return new TokenClaim(path, signature.Expires, rule);
    }

    /// <remarks>Unlike the hub's own API, messaging signs with the text of the key.</remarks>
    private static bool IsSigned(MessagingRule rule, SignatureToken signature) =>
        rule.Name.Equals(signature.Policy, StringComparison.OrdinalIgnoreCase)
        && ((string[])[rule.PrimaryKey, rule.SecondaryKey]).Any(key => signature.IsSignedWith(Encoding.UTF8.GetBytes(key)));

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
