using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
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
    private const string SasScheme = "SharedAccessSignature ";

    public void Require(string? authorization, HubRight right, IReadOnlyList<AzureAction> actions, string operation)
    {
        if (authorization?.StartsWith(SasScheme, StringComparison.OrdinalIgnoreCase) == true)
        {
            RequireSignature(authorization[SasScheme.Length..], right);
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

    private void RequireSignature(string signature, HubRight right)
    {
        var fields = signature
            .Split('&')
            .Select(field => field.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1], StringComparer.Ordinal);
        if (
            !fields.TryGetValue("sr", out string? resource)
            || !fields.TryGetValue("sig", out string? sig)
            || !fields.TryGetValue("se", out string? expiry)
            || !fields.TryGetValue("skn", out string? policyName)
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out long expires)
        )
        {
            throw Unauthorized("Unauthorized: a signature needs sr, sig, se and skn.");
        }

        policyName = WebUtility.UrlDecode(policyName);
        HubPolicy policy = policies.FirstOrDefault(policy => policy.Name.Equals(policyName, StringComparison.OrdinalIgnoreCase))
            ?? throw Unauthorized("Unauthorized: unknown policy.");
        // What is signed is the resource as it was sent, encoding and all.
        byte[] signed = Encoding.UTF8.GetBytes($"{resource}\n{expiry}");
        byte[] presented = Encoding.UTF8.GetBytes(WebUtility.UrlDecode(sig));
        if (!IsSignedWith(policy.PrimaryKey, signed, presented) && !IsSignedWith(policy.SecondaryKey, signed, presented))
            throw Unauthorized("Unauthorized: the signature does not match.");

        if (!WebUtility.UrlDecode(resource).Equals(hostName, StringComparison.OrdinalIgnoreCase))
            throw Unauthorized("Unauthorized: the signature is for another resource.");

        if (expires <= real.GetUtcNow().ToUnixTimeSeconds())
            throw Unauthorized("Unauthorized: the signature has expired.");

        if ((policy.Rights & right) != right)
            throw new HubRefusal(HubError.IotHubUnauthorized, $"Policy '{policy.Name}' does not give the right {right}.");
    }

    private static bool IsSignedWith(string key, byte[] signed, byte[] presented)
    {
        string expected = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), signed));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), presented);
    }
}
