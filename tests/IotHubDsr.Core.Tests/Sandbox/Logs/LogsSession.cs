using System.Net;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Logs;

/// <summary>A sandbox, and what a client asks its workspace.</summary>
internal sealed class LogsSession : IAsyncDisposable
{
    public const string Audience = "https://api.loganalytics.azure.com";
    public const string Host = "api.loganalytics.azure.com";

    private LogsSession(SandboxSession session, SandboxWorld world)
    {
        Session = session;
        World = world;
    }

    public SandboxSession Session { get; }

    public SandboxWorld World { get; }

    public string WorkspaceId => World.Names.WorkspaceId(WorldNames.Workspace);

    private string Api => $"https://{Host}/v1/workspaces/{World.Names.WorkspaceCustomerId}";

    public static async Task<LogsSession> StartAsync(SandboxOptions? options = null)
    {
        SandboxSession session = await SandboxSession.StartAsync(options);
        return new(session, session.Server.World);
    }

    public Task<HttpResponseMessage> PostAsync(
        string query,
        string? timespan = null,
        string operation = "query",
        params (string Name, string Value)[] headers
    )
    {
        var body = new JsonObject { ["query"] = query };
        if (timespan is not null)
            body["timespan"] = timespan;

        return Session.SendAsync("POST", $"{Api}/{operation}", Session.Bearer(Audience), body, headers);
    }

    /// <summary>The rows of an answer that is a success.</summary>
    public async Task<JsonArray> RowsAsync(string query, string? timespan = null, string operation = "query")
    {
        using HttpResponseMessage response = await PostAsync(query, timespan, operation);
        JsonNode answer = await SandboxSession.JsonOf(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer.ToJsonString());
        Assert.Null(answer["error"]);
        return answer["tables"]![0]!["rows"]!.AsArray();
    }

    public async Task<long> CountAsync(string query) => (await RowsAsync($"{query} | count"))[0]![0]!.GetValue<long>();

    public Task<HttpResponseMessage> ArmAsync(string method, string path, JsonNode? body = null, string version = "2023-09-01") =>
        Session.SendAsync(
            method,
            $"https://{Session.Descriptor.ArmHost}{path}{(path.Contains('?') ? "" : $"?api-version={version}")}",
            Session.Bearer(SandboxSession.ArmAudience),
            body
        );

    public Task<HttpResponseMessage> PurgeAsync(string table, params JsonObject[] filters) =>
        ArmAsync("POST", $"{WorkspaceId}/purge", new JsonObject { ["table"] = table, ["filters"] = new JsonArray([.. filters]) });

    public static JsonObject Filter(string column, string symbol, JsonNode value) =>
        new()
        {
            ["column"] = column,
            ["operator"] = symbol,
            ["value"] = value,
        };

    public void Advance(TimeSpan time) => World.Clock.Advance(time);

    public ValueTask DisposeAsync() => Session.DisposeAsync();
}
