using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Provisioning;

/// <summary>The service API of Device Provisioning Services over HTTP.</summary>
internal sealed partial class ProvisioningService(
    ProvisioningWorld world,
    WorldNames names,
    ProvisioningAuthorizer authorizer,
    TimeProvider time
)
{
    private const string Actions = "Microsoft.Devices/provisioningServices/";
    private static readonly string[] ApiVersions = ["2019-03-31", "2021-06-01", "2021-10-01", "2025-07-01-preview"];

    private readonly Dictionary<string, ProvisioningThrottle> _throttles = world.Instances.ToDictionary(
        static instance => instance.Name,
        _ => new ProvisioningThrottle(time),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Queries and the look at an attestation are sent by POST.</summary>
    public static bool IsRead(string path) =>
        path.EndsWith("/query", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith("/attestationmechanism", StringComparison.OrdinalIgnoreCase);

    public async Task HandleAsync(HttpContext context, RequestTarget? target)
    {
        try
        {
            JsonNode? answer = await RunAsync(context, target);
            if (answer is null)
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            else
                await Reply.JsonAsync(context, StatusCodes.Status200OK, answer);
        }
        catch (ProvisioningRefusal refusal)
        {
            await refusal.WriteAsync(context, time.GetUtcNow());
        }
    }

    private async Task<JsonNode?> RunAsync(HttpContext context, RequestTarget? target)
    {
        string host = context.Request.Host.Host;
        ProvisioningInstance instance = world.Find(HostDirectory.ProvisioningNameOf(host))
            ?? throw new ProvisioningRefusal(ProvisioningRefusal.NotAuthenticated, $"The service '{host}' does not exist.");
        if (target is null)
            throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, "The request target has an invalid percent encoding.");
        if (!ApiVersions.Contains(target.ApiVersion))
            throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, $"The api-version '{target.ApiVersion}' is not supported.");

        string method = context.Request.Method;
        (ProvisioningRight right, string action, Func<JsonNode?, JsonNode?> run) = Find(context, instance, method, target.Segments);
        string? authorization = context.Request.Headers.Authorization.Count > 0 ? context.Request.Headers.Authorization.ToString() : null;
        authorizer.Require(instance, host, names.ProvisioningId(instance.Name), authorization, right, Actions + action);
        _throttles[instance.Name].Take(context.Response);
        JsonNode? body = await ReadAsync(context);
        lock (instance.Gate)
            return run(body);
    }

    private static (ProvisioningRight Right, string Action, Func<JsonNode?, JsonNode?> Run) Find(
        HttpContext context,
        ProvisioningInstance instance,
        string method,
        string[] segments
    )
    {
        const ProvisioningRight read = ProvisioningRight.EnrollmentRead;
        const ProvisioningRight write = ProvisioningRight.EnrollmentWrite;
        string? condition = context.Request.Headers.IfMatch.Count > 0 ? context.Request.Headers.IfMatch.ToString() : null;
        JsonArray Page(JsonNode? body, string type, IEnumerable<JsonObject> items) =>
            ProvisioningPages.Of(context, body, type, [.. items], instance.LargestPage);
        return (method, segments.Select((segment, index) => index % 2 == 0 ? segment.ToLowerInvariant() : segment).ToArray()) switch
        {
            ("POST", ["enrollments", "query"]) => (read, "enrollments/read", body =>
                Page(body, "enrollment", instance.Enrollments.Values.Select(instance.Show))
            ),
            ("POST", ["enrollmentgroups", "query"]) => (read, "enrollmentGroups/read", body =>
                Page(body, "enrollmentGroup", instance.Groups.Values)
            ),
            ("POST", ["registrations", var id, "query"]) => (ProvisioningRight.RegistrationStatusRead, "registrationStates/read", body =>
                Page(body, "deviceRegistration", InGroup(instance, id))
            ),
            ("POST", ["enrollments", var id, "attestationmechanism"]) => (write, "attestationmechanism/details/action", _ =>
                Required(instance.Enrollments, id)["attestation"]!.DeepClone()
            ),
            ("GET", ["enrollments", var id]) => (read, "enrollments/read", _ => instance.Show(Required(instance.Enrollments, id))),
            ("PUT", ["enrollments", var id]) => (write, "enrollments/write", body => Put(instance, id, condition, body)),
            ("DELETE", ["enrollments", var id]) => (write, "enrollments/delete", _ =>
            {
                RequireMatch(condition, Required(instance.Enrollments, id));
                instance.RemoveEnrollment(id);
                return null;
            }),
            ("GET", ["enrollmentgroups", var id]) => (read, "enrollmentGroups/read", _ => Required(instance.Groups, id).DeepClone()),
            ("PUT", ["enrollmentgroups", var id]) => (write, "enrollmentGroups/write", body => PutGroup(instance, id, condition, body)),
            ("DELETE", ["enrollmentgroups", var id]) => (write, "enrollmentGroups/delete", _ =>
            {
                RequireMatch(condition, Required(instance.Groups, id));
                instance.Groups.Remove(id);
                return null;
            }),
            ("GET", ["registrations", var id]) => (ProvisioningRight.RegistrationStatusRead, "registrationStates/read", _ =>
                Registered(instance, id).Document.DeepClone()
            ),
            ("DELETE", ["registrations", var id]) => (ProvisioningRight.RegistrationStatusWrite, "registrationStates/delete", _ =>
            {
                RequireMatch(condition, Registered(instance, id).Document);
                instance.Registrations.Remove(id);
                return null;
            }),
            _ => throw ProvisioningRefusal.NotSimulated($"the operation {method} /{string.Join('/', segments)}"),
        };
    }

    /// <summary>A group that is not there has no registrations to ask for: those that it left are found one by one.</summary>
    private static IEnumerable<JsonObject> InGroup(ProvisioningInstance instance, string groupId)
    {
        _ = Required(instance.Groups, groupId);
        return instance
            .Registrations.Values.Where(registered => groupId.Equals(registered.GroupId, StringComparison.OrdinalIgnoreCase))
            .Select(static registered => registered.Document);
    }

    private static JsonObject Put(ProvisioningInstance instance, string id, string? condition, JsonNode? body)
    {
        JsonObject model = ModelOf(body, "registrationId", id, RegistrationId());
        RequireReplaceable(instance.Enrollments.GetValueOrDefault(id), condition);
        return instance.Show(instance.PutEnrollment(id, model));
    }

    private static JsonNode PutGroup(ProvisioningInstance instance, string id, string? condition, JsonNode? body)
    {
        JsonObject model = ModelOf(body, "enrollmentGroupId", id, GroupId());
        RequireReplaceable(instance.Groups.GetValueOrDefault(id), condition);
        return instance.PutGroup(id, model).DeepClone();
    }

    private static JsonObject ModelOf(JsonNode? body, string name, string id, Regex legal)
    {
        JsonObject model = body as JsonObject ?? throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, "The body must be an object.");
        if (!legal.IsMatch(id) || !id.Equals(model[name]?.ToString(), StringComparison.OrdinalIgnoreCase))
            throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, $"The {name} '{id}' is not valid, or not that of the body.");
        if (model["attestation"] is not JsonObject)
            throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, "An attestation is required.");
        return model["provisioningStatus"]?.ToString() is null or "enabled" or "disabled"
            ? model
            : throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, "provisioningStatus must be enabled or disabled.");
    }

    private static void RequireReplaceable(JsonObject? before, string? condition)
    {
        if (condition is null && before is not null)
            throw new ProvisioningRefusal(ProvisioningRefusal.Exists, "The resource exists already.");
        if (condition is not null)
            RequireMatch(condition, before ?? throw new ProvisioningRefusal(ProvisioningRefusal.Missing, "Resource not found."));
    }

    private static void RequireMatch(string? condition, JsonObject document)
    {
        if (condition?.Trim('"') is { } expected && expected != "*" && expected != document["etag"]!.ToString().Trim('"'))
            throw new ProvisioningRefusal(ProvisioningRefusal.Changed, "Precondition failed: the ETag is not the resource's.");
    }

    private static JsonObject Required(SortedDictionary<string, JsonObject> some, string id) =>
        some.GetValueOrDefault(id) ?? throw new ProvisioningRefusal(ProvisioningRefusal.Missing, "Resource not found.");

    private static RegisteredDevice Registered(ProvisioningInstance instance, string id) =>
        instance.Registrations.GetValueOrDefault(id)
        ?? throw new ProvisioningRefusal(ProvisioningRefusal.Missing, "Registration not found.");

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
            throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, "The request body is not valid JSON.");
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9\-._:]{1,128}\z")]
    private static partial Regex RegistrationId();

    [GeneratedRegex(@"\A[A-Za-z0-9\-._:]{1,128}\z")]
    private static partial Regex GroupId();
}
