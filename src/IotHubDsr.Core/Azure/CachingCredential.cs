using System.Collections.Concurrent;
using Azure.Core;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// Keeps tokens per scope and tenant until shortly before they expire. Some credentials start a process for each token
/// (Azure CLI, Azure PowerShell), and each client of a storage container would ask for its own.
/// </summary>
internal sealed class CachingCredential(TokenCredential inner, TimeProvider time) : TokenCredential
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        GetTokenAsync(requestContext, cancellationToken).AsTask().GetAwaiter().GetResult();

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        // A token with claims answers a challenge: an old one would be refused again.
        if (requestContext.Claims is not null)
            return await AskAsync(requestContext, cancellationToken);

        Slot slot = _slots.GetOrAdd($"{requestContext.TenantId}|{string.Join(' ', requestContext.Scopes)}", static _ => new Slot());
        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            if (slot.Token is not { } token || token.ExpiresOn - Margin <= time.GetUtcNow())
            {
                token = await AskAsync(requestContext, cancellationToken);
                slot.Token = token;
            }

            return token;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Signing in changes nothing; and what a lease is renewed with is a token.</summary>
    private async ValueTask<AccessToken> AskAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        using (FencePolicy.Begin(fence: null))
            return await inner.GetTokenAsync(requestContext, cancellationToken);
    }

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public AccessToken? Token { get; set; }
    }
}
