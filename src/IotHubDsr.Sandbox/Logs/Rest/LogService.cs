using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Kusto;

namespace IotHubDsr.Sandbox.Logs.Rest;

/// <summary>The query API of Azure Monitor Logs.</summary>
internal sealed class LogService(LogStore store, LogGate gate, LogThrottle throttle, TimeProvider clock)
{
    public static readonly IReadOnlyList<string> Hosts = ["api.loganalytics.azure.com", "api.loganalytics.io"];

    private const int LongestWait = 600;
    private const int UsualWait = 180;

    public async Task HandleAsync(HttpContext context, RequestTarget? target)
    {
        try
        {
            gate.RequireToken(context);
            using IDisposable running = throttle.Enter();
            if (target is null || context.Request.Method != HttpMethods.Post)
                throw LogErrors.PathNotFound;

            (LogWorkspace workspace, bool isSearch) = Find(target.Segments);
            gate.RequireAccess(workspace);
            if (await ReadAsync(context) is not { } body)
            {
                // Without a content type the service takes no notice of a body, and succeeds with nothing.
                await Reply.BytesAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", default);
                return;
            }

            await AnswerAsync(context, workspace, isSearch, body);
        }
        catch (LogException error)
        {
            await RefuseAsync(context, error);
        }
        catch (KustoRefusal refusal)
        {
            await RefuseAsync(context, LogErrors.Of(refusal));
        }
    }

    public static Task RefuseAsync(HttpContext context, LogException error)
    {
        if (error.Status == StatusCodes.Status429TooManyRequests && context.Response.Headers.RetryAfter.Count == 0)
            context.Response.Headers.RetryAfter = "1";

        return Reply.JsonAsync(context, error.Status, LogErrors.Describe(error));
    }

    /// <summary>An injected success that says nothing: an empty body, or no content at all.</summary>
    public static Task SucceedEmptyAsync(HttpContext context, int status)
    {
        if (status != StatusCodes.Status204NoContent)
            return Reply.BytesAsync(context, status, "application/json; charset=utf-8", default);

        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(HttpContext context, LogWorkspace workspace, bool isSearch, JsonObject body)
    {
        string query = Text(body, "query") ?? throw LogErrors.BadArgument("The query is missing.");
        LogTimeRange range = RangeOf(body);
        if (isSearch && range == LogTimeRange.All)
            throw LogErrors.BadArgument("A search takes its time range from the request: the timespan is missing.");

        if (body["workspaces"] is JsonArray { Count: > 0 })
            throw LogErrors.NotSimulated("queries of several workspaces");

        if (workspace.Options.QueryDuration.TotalSeconds > WaitOf(context.Request))
            throw LogErrors.Timeout;

        if (isSearch)
            SearchRestrictions.Require(query);

        bool isCutShort = context.Features.Get<FaultRule>() is { Partial: true };
        JsonObject answer;
        lock (workspace.Gate)
        {
            if (!workspace.HasEverHeld)
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            var database = new LogDatabase(workspace, range, table => gate.MayRead(workspace, table), isSearch);
            answer = LogAnswer.Of(KustoEngine.Run(query, database, clock.GetUtcNow()), workspace.Options, isCutShort);
        }

        if (Preferred(context.Request, "include-statistics") == "true")
            answer["statistics"] = new JsonObject { ["query"] = new JsonObject { ["executionTime"] = 0.0156 } };

        await Reply.JsonAsync(context, StatusCodes.Status200OK, answer);
    }

    private (LogWorkspace Workspace, bool IsSearch) Find(string[] segments) =>
        segments switch
        {
            ["v1", "workspaces", var id, "query"] => (store.FindByCustomerId(id) ?? throw LogErrors.PathNotFound, false),
            ["v1", "workspaces", var id, "search"] => (store.FindByCustomerId(id) ?? throw LogErrors.PathNotFound, true),
            ["v1", "subscriptions", .. var rest, "query"] => (
                store.FindByResourceId($"/subscriptions/{string.Join('/', rest)}")
                    ?? throw LogErrors.NotSimulated("queries of this resource"),
                false
            ),
            _ => throw LogErrors.PathNotFound,
        };

    private LogTimeRange RangeOf(JsonObject body)
    {
        if (Text(body, "timespan") is not { } text)
            return LogTimeRange.All;

        return LogTimeRange.TryParse(text, clock.GetUtcNow(), out LogTimeRange? range)
            ? range
            : throw LogErrors.BadArgument($"The timespan '{text}' is not valid.");
    }

    private static string? Text(JsonObject body, string name) =>
        body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static async Task<JsonObject?> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length == 0 || !context.Request.HasJsonContentType())
            return null;

        try
        {
            return JsonNode.Parse(body.ToArray()) as JsonObject ?? throw LogErrors.BadArgument("The body is no object.");
        }
        catch (JsonException)
        {
            throw LogErrors.BadArgument("The body is not valid JSON.");
        }
    }

    private static double WaitOf(HttpRequest request) =>
        Preferred(request, "wait") is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? Math.Min(seconds, LongestWait)
            : UsualWait;

    private static string? Preferred(HttpRequest request, string name) =>
        request
            .Headers["Prefer"]
            .SelectMany(value => (value ?? "").Split(','))
            .Select(part => part.Trim().Split('='))
            .FirstOrDefault(pair => pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))
            ?[1];
}
