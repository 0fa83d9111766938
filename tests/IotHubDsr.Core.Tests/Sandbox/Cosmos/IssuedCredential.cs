using Azure.Core;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>Tokens of the sandbox's tenant, for whatever audience a client asks for.</summary>
internal sealed class IssuedCredential(SandboxServer server) : TokenCredential
{
    private const string Suffix = "/.default";

    /// <summary>The scopes that were asked for.</summary>
    public List<string> Scopes { get; } = [];

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        string scope = Assert.Single(requestContext.Scopes);
        lock (Scopes)
            Scopes.Add(scope);
        return new(server.Tokens.Issue(scope[..^Suffix.Length]), TimeProvider.System.GetUtcNow().AddHours(1));
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
