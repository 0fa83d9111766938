using System.Net;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Provisioning;

/// <summary>Checks who asks: an Entra token, or a signature made with a key of a shared access policy.</summary>
internal sealed class ProvisioningAuthorizer(TokenIssuer tokens, AccessRules access, TimeProvider real)
{
    /// <param name="instance">The service.</param>
    /// <param name="hostName">Its host name.</param>
    /// <param name="resourceId">Its resource ID.</param>
    /// <param name="authorization">The header.</param>
    /// <param name="right">What a shared access policy has to have.</param>
    /// <param name="action">What a role has to allow.</param>
    public void Require(
        ProvisioningInstance instance,
        string hostName,
        string resourceId,
        string? authorization,
        ProvisioningRight right,
        string action
    )
    {
        if (SignatureToken.IsOne(authorization))
        {
            RequireSignature(instance, hostName, authorization!, right);
            return;
        }

        TokenVerdict verdict = tokens.Check(authorization, Audiences.Provisioning);
        if (verdict != TokenVerdict.Valid)
            throw Unauthenticated($"the access token is not accepted ({verdict})");
        if (access.DeniesProvisioning(instance.Name) || !access.Grants(new AzureAction(action, IsData: true), resourceId))
        {
            throw new ProvisioningRefusal(
                ProvisioningRefusal.NotAuthorized,
                $"Principal is not authorized for {action} due to no assigned permissions."
            );
        }
    }

    private static ProvisioningRefusal Unauthenticated(string why) => new(ProvisioningRefusal.NotAuthenticated, $"Unauthorized: {why}.");

    private void RequireSignature(ProvisioningInstance instance, string hostName, string token, ProvisioningRight right)
    {
        SignatureToken signature = SignatureToken.Parse(token) ?? throw Unauthenticated("a signature needs sr, sig, se and skn");
        ProvisioningPolicy policy = instance.Policies.FirstOrDefault(policy => policy.Name == signature.Policy)
            ?? throw Unauthenticated("unknown policy");
        if (!((string[])[policy.PrimaryKey, policy.SecondaryKey]).Any(key => signature.IsSignedWith(Convert.FromBase64String(key))))
            throw Unauthenticated("the signature does not match");
        if (!WebUtility.UrlDecode(signature.Resource).Equals(hostName, StringComparison.OrdinalIgnoreCase))
            throw Unauthenticated("the signature is for another resource");
        if (signature.Expires <= real.GetUtcNow())
            throw Unauthenticated("the signature has expired");
        if ((policy.Rights & right) != right)
            throw new ProvisioningRefusal(ProvisioningRefusal.NotAuthorized, $"Policy '{policy.Name}' does not give the right {right}.");
    }
}
