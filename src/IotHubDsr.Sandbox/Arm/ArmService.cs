using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Azure Resource Manager over HTTP, for reading and for the actions that providers simulate.</summary>
internal sealed class ArmService(
    WorldNames names,
    ArmCatalogue catalogue,
    StorageResources storage,
    TokenIssuer tokens,
    AccessRules access,
    ResourceGraph graph
)
{
    public const string Host = "management.azure.com";

    public async Task HandleAsync(HttpContext context, RequestTarget? target)
    {
        try
        {
            RequireToken(context);
            if (target is null)
                throw new ArmRefusal(400, "InvalidRequestUri", "The request URI has an invalid percent encoding.");

            JsonNode? body = await ReadBodyAsync(context);
            await WriteAsync(context, Run(context.Request.Method, new ArmPath(target.Segments), target, body));
        }
        catch (ArmRefusal refusal)
        {
            await ArmErrors.WriteAsync(context, refusal.Status, refusal.Code, refusal.Message, refusal.Provider);
        }
    }

    private void RequireToken(HttpContext context)
    {
        TokenVerdict verdict = tokens.Check(context.Request.Headers.Authorization, Audiences.Arm);
        if (verdict == TokenVerdict.Valid)
            return;

        (string? code, string? text) = verdict switch
        {
            TokenVerdict.Missing => ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
            TokenVerdict.Expired => ("ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time."),
            TokenVerdict.WrongAudience => ("InvalidAuthenticationTokenAudience", "The access token is for the wrong audience or resource."),
            _ => ("InvalidAuthenticationToken", "The access token is invalid."),
        };
        context.Response.Headers.WWWAuthenticate =
            $"Bearer authorization_uri=\"https://{LoginService.Host}/{names.TenantId}\", error=\"invalid_token\", "
            + $"error_description=\"{text}\"";
        throw new ArmRefusal(401, code, text);
    }

    private ArmReply Run(string method, ArmPath path, RequestTarget target, JsonNode? body)
    {
        ArmApiVersions.Require(path, target.ApiVersion);
        RequireScope(path);
        if (ResourceGraph.Is(method, path))
            return Ask(path, body);

        var action = new AzureAction($"{path.Provider}/{path.Type}/{(method == "GET" ? "read" : "action")}", IsData: false);
        bool mayRead = !access.DeniesArm(path.Text) && access.Grants(action, path.Text);
        string version = target.ApiVersion!;
        if (!mayRead && (access.DeniesArm(path.Text) || !path.IsListOfScope))
            throw Unauthorized(action, path);

        if (catalogue.Run(method, path.Text, version, body) is { } reply)
            return reply;

        JsonNode found = catalogue.Find(method, path.Text, version)
            ?? (method == "GET" ? storage.Find(path) ?? List(path, target, mayRead ? null : action) : null)
            ?? throw Missing(method, path, version);
        return new(StatusCodes.Status200OK, found);
    }

    /// <summary>Whoever can see anything may ask, and is answered with that.</summary>
    private ArmReply Ask(ArmPath path, JsonNode? body)
    {
        if (access.DeniesArm(path.Text) || !access.HasRoleWithin(names.Subscription))
            throw Unauthorized(new AzureAction("Microsoft.ResourceGraph/resources/read", IsData: false), path);

        return new(StatusCodes.Status200OK, graph.Run(body, IsVisible));
    }

    /// <summary>Most requests have none, or one that does not matter.</summary>
    private static async Task<JsonNode?> ReadBodyAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
            return null;

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body.ToArray());
        }
        catch (JsonException)
        {
            throw new ArmRefusal(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
        }
    }

    private static Task WriteAsync(HttpContext context, ArmReply reply)
    {
        foreach ((string name, string value) in reply.Headers)
            context.Response.Headers[name] = value;

        if (reply.Body is not null)
            return Reply.JsonAsync(context, reply.Status, reply.Body);

        context.Response.StatusCode = reply.Status;
        return Task.CompletedTask;
    }

    /// <summary>A resource of a simulated type can be missing. All else is not simulated, whether Azure has it or not.</summary>
    private ArmRefusal Missing(string method, ArmPath path, string version)
    {
        ArmPath? owner = path.EndsWithType ? path.Parent : null;
        // A scope that gets here is known: it was looked at first.
        bool isOwnerThere =
            owner is not null
            && (
                owner.Segments is [_, _] or [_, _, _, _]
                || catalogue.Find("GET", owner.Text, version) is not null
                || storage.Find(owner) is not null
            );
        return catalogue.Knows(method, path) && !isOwnerThere
            ? NotFound(path)
            : ArmRefusal.NotSimulated($"{method} of '{path.Provider}/{path.Type}' at '{path.Text}'", path.Provider);
    }

    private ArmRefusal Unauthorized(AzureAction action, ArmPath path) =>
        new(
            403,
            "AuthorizationFailed",
            $"The client '{names.ClientId}' with object id '{names.ClientId}' does not have authorization to perform action "
                + $"'{action.Name}' "
                + $"over scope '{path.Text}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        );

    /// <summary>Whether a listing shows a resource: one may be seen by a role that does not reach the scope of the listing.</summary>
    private bool IsVisible(string id) =>
        !access.DeniesArm(id)
        && (
            new ArmPath(id.Split('/', StringSplitOptions.RemoveEmptyEntries)) is var path && path.IsSubscription
                ? access.HasRoleWithin(id)
                : access.Grants(new AzureAction($"{path.Provider}/{path.Type}/read", IsData: false), id)
        );

    private JsonObject? List(ArmPath path, RequestTarget target, AzureAction? missing)
    {
        int skip = 0;
        if (
            target.Query.TryGetValue("$skiptoken", out string? token)
            && !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out skip)
        )
        {
            throw new ArmRefusal(400, "InvalidSkipToken", "The skip token is not valid.");
        }

        // Of containers, and of nothing else here, the provider lets a filter be the beginning of a name.
        string? prefix = path.Type.EndsWith("/containers", StringComparison.OrdinalIgnoreCase)
            ? target.Query.GetValueOrDefault("$filter")
            : null;
        bool IsListed(string id) =>
            IsVisible(id) && (prefix is null || id[(id.LastIndexOf('/') + 1)..].StartsWith(prefix, StringComparison.Ordinal));
        if (catalogue.Page(path.Text, target.ApiVersion!, skip, IsListed) is not { } page)
            return null;

        // Who may not list at the scope is shown what can be seen below it, and refused when that is nothing.
        if (missing is not null && page.Items.Count == 0 && !path.IsSubscriptions)
            throw Unauthorized(missing, path);

        var list = new JsonObject { ["value"] = new JsonArray([.. page.Items]) };
        if (page.Next is { } next)
        {
            string filter = prefix is null ? "" : $"&$filter={Uri.EscapeDataString(prefix)}";
            list["nextLink"] = string.Create(
                CultureInfo.InvariantCulture,
                $"https://{Host}{path.Text}?api-version={target.ApiVersion}{filter}&$skiptoken={next}"
            );
        }

        return list;
    }

    private void RequireScope(ArmPath path)
    {
        if (path.SubscriptionId is { } subscription && !subscription.Equals(names.SubscriptionId, StringComparison.OrdinalIgnoreCase))
            throw new ArmRefusal(404, "SubscriptionNotFound", $"The subscription '{subscription}' could not be found.");

        if (
            path.ResourceGroup is { } group
            && !((string[])[WorldNames.HubGroup, WorldNames.DataGroup]).Contains(group, StringComparer.OrdinalIgnoreCase)
        )
        {
            throw new ArmRefusal(404, "ResourceGroupNotFound", $"Resource group '{group}' could not be found.");
        }
    }

    private static ArmRefusal NotFound(ArmPath path) =>
        new(404, "ResourceNotFound", $"The Resource '{path.Provider}/{path.Type}' at '{path.Text}' was not found.")
        {
            Provider = path.Provider,
        };
}
