using System.Net;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Hub;

[Flags]
internal enum HubRight
{
    None = 0,
    RegistryRead = 1,
    RegistryWrite = 2,
    ServiceConnect = 4,
    DeviceConnect = 8,
}

/// <summary>A shared access policy of the hub.</summary>
internal sealed record HubPolicy(string Name, HubRight Rights, string PrimaryKey, string SecondaryKey);

/// <summary>Checks who asks: an Entra token, or a signature made with a key of a shared access policy.</summary>
internal sealed class HubAuthorizer(
    string hostName,
    string resourceId,
    IReadOnlyList<HubPolicy> policies,
    TokenIssuer tokens,
    AccessRules access,
    TimeProvider real
)
{
    public void Require(string? authorization, HubRight right, IReadOnlyList<AzureAction> actions, string operation)
    {
        if (SignatureToken.IsOne(authorization))
        {
            RequireSignature(authorization!, right);
            return;
        }

        TokenVerdict verdict = tokens.Check(authorization, Audiences.Hub);
        if (verdict != TokenVerdict.Valid)
            throw Unauthorized($"Unauthorized: the access token is not accepted ({verdict}).");

        if (access.DeniesHub(right.ToString()) || !actions.All(action => access.Grants(action, resourceId)))
        {
            throw new HubRefusal(
                HubError.IotHubUnauthorized,
                $"Principal is not authorized for {operation} due to no assigned permissions."
            );
        }
    }

    private static HubRefusal Unauthorized(string text) => new(HubError.IotHubUnauthorizedAccess, text);

    private void RequireSignature(string token, HubRight right)
    {
        SignatureToken signature = SignatureToken.Parse(token)
            ?? throw Unauthorized("Unauthorized: a signature needs sr, sig, se and skn.");
        HubPolicy policy = policies.FirstOrDefault(policy => policy.Name.Equals(signature.Policy, StringComparison.OrdinalIgnoreCase))
            ?? throw Unauthorized("Unauthorized: unknown policy.");
        if (!((string[])[policy.PrimaryKey, policy.SecondaryKey]).Any(key => signature.IsSignedWith(Convert.FromBase64String(key))))
            throw Unauthorized("Unauthorized: the signature does not match.");

        if (!WebUtility.UrlDecode(signature.Resource).Equals(hostName, StringComparison.OrdinalIgnoreCase))
            throw Unauthorized("Unauthorized: the signature is for another resource.");

        if (signature.Expires <= real.GetUtcNow())
            throw Unauthorized("Unauthorized: the signature has expired.");

        if ((policy.Rights & right) != right)
            throw new HubRefusal(HubError.IotHubUnauthorized, $"Policy '{policy.Name}' does not give the right {right}.");
    }
}
