using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Kusto;

namespace IotHubDsr.Sandbox.DataExplorer.Rest;

/// <summary>The query and management endpoints of clusters.</summary>
internal sealed class ExplorerService(ExplorerStore store, TokenIssuer tokens, AccessRules access, TimeProvider clock)
{
    private const string Anywhere = "https://kusto.kusto.windows.net";

    public async Task HandleAsync(HttpContext context, RequestTarget? target)
    {
        try
        {
            await AnswerAsync(context, target);
        }
        catch (ExplorerException error)
        {
            await RefuseAsync(context, error);
        }
        catch (KustoRefusal refusal)
        {
            await RefuseAsync(context, ExplorerErrors.Of(refusal));
        }
    }

    public static Task RefuseAsync(HttpContext context, ExplorerException error)
    {
        if (error.Status == StatusCodes.Status429TooManyRequests && context.Response.Headers.RetryAfter.Count == 0)
            context.Response.Headers.RetryAfter = "1";

        return Reply.JsonAsync(context, error.Status, error.Describe());
    }

    private async Task AnswerAsync(HttpContext context, RequestTarget? target)
    {
        string host = context.Request.Host.Host;
        ExplorerCluster cluster = store.Clusters.Find(known => Same(known.Host, host) || Same(known.IngestHost, host))
            ?? throw ExplorerErrors.NotSimulated($"'{host}'");
        string[] audiences = [$"https://{cluster.Host}", $"https://{cluster.IngestHost}", Anywhere];
        if (tokens.Check(context.Request.Headers.Authorization, audiences) != TokenVerdict.Valid)
            throw ExplorerErrors.Unauthorized;
        if (cluster.Options.State != "Running")
            throw new ExplorerException(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailable", "The cluster is stopped.");
        bool isQuery = target?.Segments is ["v2", "rest", "query"];
        if (context.Request.Method != HttpMethods.Post || (!isQuery && target?.Segments is not ["v1", "rest", "mgmt"]))
            throw ExplorerErrors.NotSimulated($"{context.Request.Method} '{context.Request.Path}'");

        JsonObject body = await ReadAsync(context);
        string text = Text(body, "csl") ?? throw ExplorerErrors.Bad("The property 'csl' is missing.");
        string name = Text(body, "db") ?? throw ExplorerErrors.Bad("The property 'db' is missing.");
        JsonNode answer;
        lock (cluster.Gate)
        {
            ExplorerDatabase database = cluster.Find(name) ?? throw ExplorerErrors.NotFound(name);
            if (cluster.Options.Role == ExplorerRole.None || access.DeniesExplorer($"{cluster.Name}/{database.Name}"))
                throw ExplorerErrors.Forbidden("viewer");
            DateTimeOffset now = clock.GetUtcNow();
            answer = isQuery
                ? ExplorerAnswer.Frames(
                    KustoEngine.Run(text, new ExplorerTables(database, now), now),
                    cluster.Options,
                    context.Features.Get<FaultRule>() is { Partial: true }
                )
                : new ExplorerCommands(cluster, database, Same(cluster.IngestHost, host), now)
                {
                    ClientRequestId = context.Request.Headers["x-ms-client-request-id"].ToString(),
                    OnChange = () => context.Features.Set(MutatingCommand.Instance),
                }.Run(text);
        }

        await Reply.JsonAsync(context, StatusCodes.Status200OK, answer);
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        try
        {
            return JsonNode.Parse(body.ToArray()) as JsonObject ?? throw ExplorerErrors.Bad("The body is no object.");
        }
        catch (JsonException)
        {
            throw ExplorerErrors.Bad("The body is not valid JSON.");
        }
    }

    private static string? Text(JsonObject body, string name) =>
        body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
