using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Control;

/// <summary>
/// The sandbox's own API on localhost: what it has seen, what it holds, and what shall go wrong. The key in the header
/// <c>x-sandbox-key</c> is printed at start.
/// </summary>
internal sealed class ControlService(
    string key,
    SandboxWorld world,
    RequestLog log,
    FaultRules faults,
    AccessRules access,
    TokenIssuer tokens,
    ControlBlobs blobs,
    ControlMessaging messaging,
    AmqpFaults amqpFaults,
    ControlQueues queues,
    ControlDocuments documents,
    ControlLogs logs,
    ControlExplorer explorer
)
{
    public const string KeyHeader = "x-sandbox-key";

    public async Task HandleAsync(HttpContext context, string raw)
    {
        string presented = context.Request.Headers[KeyHeader].ToString();
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented), Encoding.UTF8.GetBytes(key)))
        {
            await Reply.TextAsync(context, StatusCodes.Status401Unauthorized, $"The header {KeyHeader} must have the key of this sandbox.");
            return;
        }

        if (!RequestTarget.TryParse(raw, out RequestTarget? target) || target.Segments is not ["sandbox", .. var path])
        {
            await Reply.TextAsync(context, StatusCodes.Status404NotFound, "The control API is at /sandbox.");
            return;
        }

        try
        {
            await RunAsync(context, target, path);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or FormatException)
        {
            await Reply.TextAsync(context, StatusCodes.Status400BadRequest, exception.Message);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
        ?? throw new JsonException("A JSON object is expected.");

    private static Task Done(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task RunAsync(HttpContext context, RequestTarget target, string[] path) =>
        (context.Request.Method, path) switch
        {
            ("GET", ["log"]) => Reply.JsonAsync(context, log.After(After(target)), SandboxJson.Default.IReadOnlyListLoggedRequest),
            ("DELETE", ["log"]) => ChangeAsync(context, log.Clear),
            ("GET", ["faults"]) => Reply.JsonAsync(context, faults.Pending, SandboxJson.Default.IReadOnlyListFaultRule),
            ("POST", ["faults"]) => ChangeAsync(context, SandboxJson.Default.FaultRule, faults.Add),
            ("DELETE", ["faults"]) => ChangeAsync(context, faults.Clear),
            ("GET", ["amqp-faults"]) => Reply.JsonAsync(context, amqpFaults.Pending, SandboxJson.Default.IReadOnlyListAmqpFaultRule),
            ("POST", ["amqp-faults"]) => ChangeAsync(context, SandboxJson.Default.AmqpFaultRule, amqpFaults.Add),
            ("DELETE", ["amqp-faults"]) => ChangeAsync(context, amqpFaults.Clear),
            ("GET", ["messaging"]) => Reply.JsonAsync(context, messaging.States(), SandboxJson.Default.IReadOnlyListMessagingState),
            ("POST", ["events", var space, var hub]) => ChangeAsync(context, SandboxJson.Default.EventsRequest, request =>
                messaging.Generate(space, hub, request)
            ),
            ("POST", ["messages", var space, .. var entity]) => ChangeAsync(context, SandboxJson.Default.MessagesRequest, request =>
                messaging.Generate(space, string.Join('/', entity), request)
            ),
            ("GET", ["world"]) => Reply.JsonAsync(context, world.Truth, SandboxJson.Default.WorldTruth),
            ("POST", ["clock"]) => AdvanceAsync(context),
            ("POST", ["access"]) => ChangeAsync(context, SandboxJson.Default.AccessRequest, request => access.Denied = request.Deny),
            ("POST", ["roles"]) => ChangeAsync(context, SandboxJson.Default.RolesRequest, request =>
                access.Assignments = request.Assignments
            ),
            ("POST", ["tokens"]) => ChangeAsync(context, SandboxJson.Default.TokenRequest, request =>
                tokens.Lifetime = TimeSpan.FromSeconds(request.LifetimeSeconds)
            ),
            ("POST", ["registrations", var service, var id]) => ChangeAsync(context, SandboxJson.Default.RegistrationRequest, request =>
                Register(service, id, request)
            ),
            ("GET", ["hub"]) => Reply.JsonAsync(context, Hub(), SandboxJson.Default.HubState),
            ("POST", ["hub"]) => ChangeAsync(context, SandboxJson.Default.HubScaleRequest, request =>
                world.Throttle.Configure(request.Sku, request.Units)
            ),
            ("POST", ["policies", var account, var container]) => ChangeAsync(
                context,
                SandboxJson.Default.ContainerPolicyRequest,
                request => blobs.Protect(account, container, request)
            ),
            ("POST", ["copies", var account, var container]) => ChangeAsync(context, SandboxJson.Default.CopyRequest, request =>
                blobs.Copy(account, container, request)
            ),
            (var method, ["blobs", var account, var container, .. var name]) => blobs.HandleAsync(
                context,
                method,
                account,
                container,
                string.Join('/', name)
            ),
            (var method, ["queues", var account, var queue]) => OnQueueAsync(context, method, account, queue),
            (var method, ["documents", .. var place]) => OnDocumentsAsync(context, method, place),
            (var method, ["logs", .. var place]) => OnLogsAsync(context, method, place),
            ("POST", ["jobs"]) => ChangeAsync(context, SandboxJson.Default.JsonElement, job =>
                world.StreamJobs.Add(JsonObject.Create(job) ?? throw new ArgumentException("A job is an object."))
            ),
            ("POST", ["update-instances"]) => ChangeAsync(context, SandboxJson.Default.JsonElement, instance =>
                world.UpdateInstances.Add(JsonObject.Create(instance) ?? throw new ArgumentException("An instance is an object."))
            ),
            (var method, ["explorer", .. var place]) => OnExplorerAsync(context, method, place),
            _ => Unknown(context),
        };

    private void Register(string service, string registrationId, RegistrationRequest request)
    {
        if (world.Provisioning.Find(service) is null || !world.Provisioning.Register(service, registrationId, request.Group))
            throw new ArgumentException($"No enrollment of '{service}' lets '{registrationId}' in.");
    }

    private Task OnQueueAsync(HttpContext context, string method, string account, string queue) =>
        method switch
        {
            "GET" => Reply.JsonAsync(context, queues.List(account, queue), SandboxJson.Default.IReadOnlyListListedMessage),
            "POST" => ChangeAsync(context, SandboxJson.Default.MessageRequest, request => queues.Put(account, queue, request)),
            "DELETE" => ChangeAsync(context, () => queues.Clear(account, queue)),
            _ => Unknown(context),
        };

    private Task OnDocumentsAsync(HttpContext context, string method, string[] place) =>
        (method, place) switch
        {
            ("POST", [var account]) => ChangeAsync(context, SandboxJson.Default.CosmosAccountRequest, request =>
                documents.Configure(account, request)
            ),
            ("PUT", [var account, var database, var container]) => ChangeAsync(context, SandboxJson.Default.ContainerRequest, request =>
                documents.Create(account, database, container, request)
            ),
            ("GET", [var account, var database, var container]) => documents.ListAsync(context, account, database, container),
            ("POST", [var account, var database, var container]) => ChangeAsync(context, SandboxJson.Default.JsonElement, document =>
                documents.Put(account, database, container, document)
            ),
            ("POST", [var account, var database, var container, "generated"]) => ChangeAsync(
                context,
                SandboxJson.Default.GenerateRequest,
                request => documents.Generate(account, database, container, request)
            ),
            ("DELETE", [var account, var database, var container]) => ChangeAsync(context, () =>
                documents.Clear(account, database, container)
            ),
            _ => Unknown(context),
        };

    private Task OnLogsAsync(HttpContext context, string method, string[] place) =>
        (method, place) switch
        {
            ("GET", [var workspace]) => Reply.JsonAsync(context, logs.States(workspace), SandboxJson.Default.IReadOnlyListLogTableState),
            ("POST", [var workspace]) => ChangeAsync(context, SandboxJson.Default.WorkspaceRequest, request =>
                logs.Configure(workspace, request)
            ),
            ("GET", [var workspace, var table]) => Reply.JsonAsync(context, StatusCodes.Status200OK, logs.Rows(workspace, table)),
            ("PUT", [var workspace, var table]) => ChangeAsync(context, SandboxJson.Default.LogTableRequest, request =>
                logs.Create(workspace, table, request)
            ),
            ("POST", [var workspace, var table]) => ChangeAsync(context, SandboxJson.Default.LogRowsRequest, request =>
                logs.Add(workspace, table, request)
            ),
            ("POST", [var workspace, var table, "generated"]) => ChangeAsync(context, SandboxJson.Default.GenerateRequest, request =>
                logs.Generate(workspace, table, request)
            ),
            ("DELETE", [var workspace, var table]) => ChangeAsync(context, () => logs.Remove(workspace, table)),
            _ => Unknown(context),
        };

    private Task OnExplorerAsync(HttpContext context, string method, string[] place) =>
        (method, place) switch
        {
            ("POST", [var cluster]) => ChangeAsync(context, SandboxJson.Default.ExplorerRequest, request =>
                explorer.Configure(cluster, request)
            ),
            ("GET", [var cluster, var database, var table]) => Reply.JsonAsync(
                context,
                StatusCodes.Status200OK,
                explorer.Rows(cluster, database, table)
            ),
            ("PUT", [var cluster, var database, var table]) => ChangeAsync(context, SandboxJson.Default.ExplorerTableRequest, request =>
                explorer.Create(cluster, database, table, request)
            ),
            ("POST", [var cluster, var database, var table]) => ChangeAsync(context, SandboxJson.Default.LogRowsRequest, request =>
                explorer.Add(cluster, database, table, request)
            ),
            _ => Unknown(context),
        };

    private static Task Unknown(HttpContext context) =>
        Reply.TextAsync(context, StatusCodes.Status404NotFound, "The control API has no such operation.");

    private static long After(RequestTarget target) =>
        target.Query.TryGetValue("after", out string? text) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    private static Task ChangeAsync(HttpContext context, Action change)
    {
        change();
        return Done(context);
    }

    private static async Task ChangeAsync<T>(HttpContext context, JsonTypeInfo<T> type, Action<T> change)
    {
        change(await ReadAsync(context, type));
        await Done(context);
    }

    private HubState Hub() =>
        new(
            world.Throttle.Sku,
            world.Throttle.Units,
            world.Throttle.Taken.ToDictionary(taken => taken.Key.ToString(), taken => taken.Value, StringComparer.Ordinal)
        );

    private async Task AdvanceAsync(HttpContext context)
    {
        ClockRequest request = await ReadAsync(context, SandboxJson.Default.ClockRequest);
        world.Clock.Advance(TimeSpan.FromSeconds(request.AdvanceSeconds));
        world.Events.WriteDue();
        await Reply.JsonAsync(context, new ClockState(world.Clock.GetUtcNow()), SandboxJson.Default.ClockState);
    }
}
