using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>A call of the service API, as the hub's resource logs tell of it: when it failed, with the error.</summary>
internal sealed record HubCall(string Method, string[] Segments, JsonNode? Body, HubError Error);

/// <summary>The service API of the hub over HTTP.</summary>
internal sealed class HubService(
    string hostName,
    HubRegistry registry,
    HubOperations operations,
    HubAuthorizer authorizer,
    HubThrottle throttle,
    TimeProvider time,
    Action<HubCall> called
)
{
    private static readonly string[] ApiVersions = ["2021-04-12", "2024-03-31"];

    public async Task HandleAsync(HttpContext context, RequestTarget? target)
    {
        HubReply reply;
        try
        {
            reply = await RunAsync(context, target);
        }
        catch (HubRefusal refusal)
        {
            reply = HubReply.Refused(refusal.Error, (int)refusal.Error / 1000, refusal.Message, time.GetUtcNow());
        }

        await reply.WriteAsync(context);
    }

    private async Task<HubReply> RunAsync(HttpContext context, RequestTarget? target)
    {
        string host = context.Request.Host.Host;
        if (!host.Equals(hostName, StringComparison.OrdinalIgnoreCase))
            throw new HubRefusal(HubError.IotHubNotFound, $"IoT hub '{host}' not found.");

        if (target is null)
            throw new HubRefusal(HubError.ArgumentInvalid, "The request target has an invalid percent encoding.");

        if (!ApiVersions.Contains(target.ApiVersion))
            throw new HubRefusal(HubError.InvalidProtocolVersion, $"The api-version '{target.ApiVersion}' is not supported.");

        string method = context.Request.Method;
        HubOperation operation = operations.Find(method, target.Segments);
        string? authorization = context.Request.Headers.Authorization.Count > 0 ? context.Request.Headers.Authorization.ToString() : null;
        IReadOnlyList<AzureAction> actions = HubActions.Of(method, target.Segments);
        authorizer.Require(authorization, operation.Right, actions, $"{method} on /{string.Join('/', target.Segments)}");
        JsonNode? body = await ReadAsync(context);
        // A bulk call counts its devices, not itself.
        throttle.Take(operation.Throttle, body is JsonArray entries ? Math.Max(1, entries.Count) : 1);
        HubError error = HubError.None;
        try
        {
            lock (registry.Gate)
                return operation.Run(new HubRequest(target, context.Request.Headers, body));
        }
        catch (HubRefusal refusal)
        {
            error = refusal.Error;
            throw;
        }
        finally
        {
            called(new(method, target.Segments, body, error));
        }
    }

    private static async Task<JsonNode?> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length == 0)
            return null;

        try
        {
            return JsonNode.Parse(body.ToArray());
        }
        catch (JsonException)
        {
            throw new HubRefusal(HubError.DeserializationError, "The request body is not valid JSON.");
        }
    }
}
