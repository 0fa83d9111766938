using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Identity;

/// <summary>The parts of the Microsoft identity platform that a confidential client uses.</summary>
internal sealed class LoginService(Tenant tenant, TokenIssuer issuer)
{
    public const string Host = "login.microsoftonline.com";

    private const string DefaultScope = "/.default";

    public async Task HandleAsync(HttpContext context, RequestTarget target)
    {
        switch (context.Request.Method, target.Segments)
        {
            case ("GET", ["common", "discovery", "instance"]):
                await Reply.JsonAsync(context, StatusCodes.Status200OK, InstanceDiscovery());
                break;
            case ("GET", [var name, "v2.0", ".well-known", "openid-configuration"]) when IsTenant(name):
                await Reply.JsonAsync(context, StatusCodes.Status200OK, OpenIdConfiguration());
                break;
            case ("POST", [var name, "oauth2", "v2.0", "token"]) when IsTenant(name):
                await TokenAsync(context);
                break;
            case (_, [var name, ..]) when name != "common" && !IsTenant(name):
                await ErrorAsync(context, 400, "invalid_request", 90002, $"Tenant '{name}' not found.");
                break;
            default:
                await NotSimulatedAsync(context, $"'{context.Request.Path}' of the login service");
                break;
        }
    }

    public static Task ErrorAsync(HttpContext context, int status, string error, int code, string message) =>
        Reply.JsonAsync(
            context,
            status,
            new JsonObject
            {
                ["error"] = error,
                ["error_description"] = $"AADSTS{code}: {message}",
                ["error_codes"] = new JsonArray(code),
                ["correlation_id"] = context.TraceIdentifier,
            }
        );

    /// <summary>In the shape of the platform's errors, so that a client shows the text, and without a code of the platform.</summary>
    private static Task NotSimulatedAsync(HttpContext context, string what) =>
        Reply.JsonAsync(
            context,
            StatusCodes.Status501NotImplemented,
            new JsonObject
            {
                ["error"] = "not_simulated",
                ["error_description"] = $"Not simulated by the sandbox: {what}.",
                ["correlation_id"] = context.TraceIdentifier,
            }
        );

    private bool IsTenant(string name) => name.Equals(tenant.TenantId, StringComparison.OrdinalIgnoreCase);

    private async Task TokenAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            await ErrorAsync(context, 400, "invalid_request", 900144, "The request body must be a form with the parameter 'grant_type'.");
            return;
        }

        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string? scope = form["scope"].ToString().Split(' ').FirstOrDefault(part => part.EndsWith(DefaultScope, StringComparison.Ordinal));
        if (form["grant_type"] != "client_credentials" || form.ContainsKey("client_assertion"))
        {
            await NotSimulatedAsync(context, "tokens for anything but a client secret");
        }
        else if (form["client_id"] != tenant.ClientId)
        {
            await ErrorAsync(
                context,
                400,
                "unauthorized_client",
                700016,
                $"Application '{form["client_id"]}' was not found in the directory."
            );
        }
        else if (form["client_secret"] != tenant.ClientSecret)
        {
            await ErrorAsync(context, 401, "invalid_client", 7000215, "Invalid client secret provided.");
        }
        else if (scope is null)
        {
            await ErrorAsync(context, 400, "invalid_scope", 1002012, "The scope of a client credential must end with '/.default'.");
        }
        else
        {
            // What remains of "https://management.core.windows.net//.default" still ends with a slash.
            await GrantAsync(context, scope[..^DefaultScope.Length].TrimEnd('/'));
        }
    }

    private Task GrantAsync(HttpContext context, string audience)
    {
        long announced = issuer.AnnouncedLifetimeSeconds;
        context.Response.Headers.CacheControl = "no-store, no-cache";
        return Reply.JsonAsync(
            context,
            StatusCodes.Status200OK,
            new JsonObject
            {
                ["token_type"] = "Bearer",
                ["expires_in"] = announced,
                ["ext_expires_in"] = announced,
                ["access_token"] = issuer.Issue(audience),
            }
        );
    }

    private JsonObject InstanceDiscovery() =>
        new()
        {
            ["tenant_discovery_endpoint"] = $"https://{Host}/{tenant.TenantId}/v2.0/.well-known/openid-configuration",
            ["api-version"] = "1.1",
            ["metadata"] = new JsonArray(
                new JsonObject
                {
                    ["preferred_network"] = Host,
                    ["preferred_cache"] = "login.windows.net",
                    ["aliases"] = new JsonArray(Host, "login.windows.net", "login.microsoft.com", "sts.windows.net"),
                }
            ),
        };

    private JsonObject OpenIdConfiguration() =>
        new()
        {
            ["issuer"] = $"https://{Host}/{tenant.TenantId}/v2.0",
            ["authorization_endpoint"] = $"https://{Host}/{tenant.TenantId}/oauth2/v2.0/authorize",
            ["token_endpoint"] = $"https://{Host}/{tenant.TenantId}/oauth2/v2.0/token",
            ["jwks_uri"] = $"https://{Host}/{tenant.TenantId}/discovery/v2.0/keys",
            ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_post"),
            ["response_types_supported"] = new JsonArray("code", "token"),
            ["subject_types_supported"] = new JsonArray("pairwise"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
            ["tenant_region_scope"] = "EU",
            ["cloud_instance_name"] = "microsoftonline.com",
        };
}
