using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Storage.Authorization;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>The access token of a request to Azure Storage.</summary>
internal static class StorageToken
{
    public static void Require(HttpContext context, TokenIssuer tokens, IReadOnlyList<string> audiences, Tenant tenant)
    {
        string? authorization = context.Request.Headers.Authorization.Count > 0 ? context.Request.Headers.Authorization.ToString() : null;
        string? detail = tokens.Check(authorization, audiences) switch
        {
            TokenVerdict.Valid => "",
            TokenVerdict.Missing => null,
            TokenVerdict.Expired => "Lifetime validation failed. The token is expired.",
            TokenVerdict.WrongAudience => "Audience validation failed. Audience did not match.",
            _ => "Signature validation failed. Signature verification failed.",
        };
        if (detail is not { Length: 0 })
            throw AuthorizationErrors.Challenge(tenant.TenantId, detail);
    }
}
