using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Identity;

/// <summary>
/// The endpoint from which a process in Azure takes tokens of its managed identity, as App Service and Azure Automation offer it: plain
/// HTTP on the machine itself, and a secret known only to the process. The identity is the application of the tenant.
/// </summary>
internal sealed class ManagedIdentityService(Tenant tenant, TokenIssuer issuer, string secret)
{
    public const string Path = "/msi/token";

    private const string SecretHeader = "X-IDENTITY-HEADER";
    private const string ApiVersion = "2019-08-01";

    /// <summary>
    /// Clients keep tokens of a managed identity for all of their process, but none that ends within five minutes: what a sandbox issued
    /// that has ended must not be sent to the next one of the same session.
    /// </summary>
    private static readonly TimeSpan KeptByNobody = TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(20);

    public async Task HandleAsync(HttpContext context, RequestTarget target)
    {
        string presented = context.Request.Headers[SecretHeader].ToString();
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented), Encoding.UTF8.GetBytes(secret)))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, $"The header {SecretHeader} is missing or wrong.");
        }
        else if (context.Request.Method != "GET" || target.ApiVersion != ApiVersion)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"A token is asked for by GET with api-version={ApiVersion}.");
        }
        else if (!target.Query.TryGetValue("resource", out string? resource) || !Uri.TryCreate(resource, UriKind.Absolute, out _))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The parameter 'resource' must be the URI of a resource.");
        }
        else if (target.Query.GetValueOrDefault("client_id", tenant.ClientId) != tenant.ClientId)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "No managed identity with this client ID is assigned.");
        }
        else
        {
            await Reply.JsonAsync(
                context,
                StatusCodes.Status200OK,
                new JsonObject
                {
                    ["access_token"] = issuer.Issue(resource.TrimEnd('/')),
                    ["client_id"] = tenant.ClientId,
                    ["expires_on"] = issuer.AnnouncedExpiryWithin(KeptByNobody).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                    ["resource"] = resource,
                    ["token_type"] = "Bearer",
                }
            );
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string message) =>
        Reply.JsonAsync(context, status, new JsonObject { ["statusCode"] = status, ["message"] = message });
}
