using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub.Configurations;
using IotHubDsr.Sandbox.Hub.Jobs;
using IotHubDsr.Sandbox.Hub.Query;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>A request to the hub, its body read and parsed.</summary>
internal sealed record HubRequest(RequestTarget Target, IHeaderDictionary Headers, JsonNode? Body)
{
    public string? IfMatch => Headers.IfMatch.Count > 0 ? Headers.IfMatch.ToString() : null;

    public JsonObject Document =>
        Body as JsonObject ?? throw new HubRefusal(HubError.ArgumentNull, "The request must have a JSON object as its body.");
}

/// <summary>An operation of the service: what it takes to be allowed, what it counts against, and what it does.</summary>
internal sealed record HubOperation(HubRight Right, ThrottledOperation Throttle, Func<HubRequest, HubReply> Run);

/// <summary>The service's operations, found by method and path. They run one at a time, under the registry's gate.</summary>
internal sealed class HubOperations(
    HubRegistry registry,
    TwinQueries queries,
    BulkRegistry bulk,
    HubEvents events,
    HubJobs jobs,
    HubConfigurations configurations,
    ServiceBoundQueues serviceBound,
    TimeProvider time
)
{
    private const int ListLimit = 1000;

    public HubOperation Find(string method, string[] segments) =>
        (method, segments) switch
        {
            ("GET", ["devices"]) => Read(List),
            ("POST", ["devices"]) => Write(request => bulk.Run(request.Body)),
            ("POST", ["devices", "query"]) => new(HubRight.RegistryRead, ThrottledOperation.Query, Query),
            ("GET", ["devices", var id]) => Read(_ => Identity(registry.Device(id))),
            ("PUT", ["devices", var id]) => Write(request => PutDevice(id, request)),
            ("DELETE", ["devices", var id]) => Write(request => Delete(request, () => registry.Device(id))),
            ("DELETE", ["devices", var id, "commands"]) => new(HubRight.ServiceConnect, ThrottledOperation.Commands, _ => Purge(id)),
            ("GET", ["devices", var id, "modules"]) => Read(_ => Modules(id)),
            ("GET", ["devices", var id, "modules", var module]) => Read(_ => Identity(registry.Module(id, module))),
            ("PUT", ["devices", var id, "modules", var module]) => Write(request => PutModule(id, module, request)),
            ("DELETE", ["devices", var id, "modules", var module]) => Write(request => Delete(request, () => registry.Module(id, module))),
            ("GET", ["twins", var id]) => ReadTwin(() => registry.Device(id)),
            ("PATCH" or "PUT", ["twins", var id]) => WriteTwin(method, () => registry.Device(id)),
            ("GET", ["twins", var id, "modules", var module]) => ReadTwin(() => registry.Module(id, module)),
            ("PATCH" or "PUT", ["twins", var id, "modules", var module]) => WriteTwin(method, () => registry.Module(id, module)),
            ("GET", ["statistics", "devices"]) => Read(_ => HubReply.Ok(DeviceStatistics())),
            ("GET", ["statistics", "service"]) => Read(_ => HubReply.Ok(ServiceStatistics())),
            (_, ["messages", "serviceBound", ..]) => serviceBound.Find(method, segments),
            (_, ["jobs", ..]) => jobs.Find(method, segments),
            (_, ["configurations", ..]) => configurations.Find(method, segments),
            _ => throw HubRefusal.NotSimulated($"the operation {method} /{string.Join('/', segments)}"),
        };

    /// <summary>Jobs that are due have done their work before anybody asks what they did.</summary>
    private HubReply Query(HubRequest request)
    {
        jobs.Advance();
        return queries.Run(request);
    }

    private static HubOperation Read(Func<HubRequest, HubReply> run) => new(HubRight.RegistryRead, ThrottledOperation.Registry, run);

    private static HubOperation Write(Func<HubRequest, HubReply> run) => new(HubRight.RegistryWrite, ThrottledOperation.Registry, run);

    private static HubOperation ReadTwin(Func<HubIdentity> find) =>
        new(HubRight.RegistryRead, ThrottledOperation.TwinRead, _ => Twin(find()));

    private static HubReply Identity(HubIdentity identity) => HubReply.Tagged(identity.ToIdentityJson(), identity.ETag);

    private static HubReply Twin(HubIdentity identity) => HubReply.Tagged(identity.ToTwinJson(), identity.Twin.ETag);

    private HubOperation WriteTwin(string method, Func<HubIdentity> find) =>
        new(HubRight.RegistryWrite, ThrottledOperation.TwinWrite, request =>
        {
            HubIdentity identity = find();
            if (request.IfMatch is { } condition)
                HubRegistry.RequireMatch(condition, identity.Twin.ETag);

            if (method == "PATCH")
                identity.Twin.Patch(request.Document, time.GetUtcNow());
            else
                identity.Twin.Replace(request.Document, time.GetUtcNow());

            events.TwinChanged(identity, method == "PATCH" ? "updateTwin" : "replaceTwin");
            return Twin(identity);
        });

    private HubReply List(HubRequest request)
    {
        int top = request.Target.Query.TryGetValue("top", out string? text)
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) && parsed is > 0 and <= ListLimit
                ? parsed
                : throw new HubRefusal(HubError.ArgumentInvalid, $"top must be between 1 and {ListLimit}.")
            : ListLimit;
        return HubReply.Ok(new JsonArray([.. registry.Devices.Take(top).Select(device => device.ToIdentityJson())]));
    }

    private HubReply PutDevice(string id, HubRequest request)
    {
        RequireSameId(request.Document, "deviceId", id);
        if (request.IfMatch is not { } condition)
            return Identity(registry.Create(id, request.Document));

        HubIdentity device = registry.Device(id);
        HubRegistry.RequireMatch(condition, device.ETag);
        registry.Update(device, request.Document);
        return Identity(device);
    }

    private HubReply PutModule(string id, string moduleId, HubRequest request)
    {
        RequireSameId(request.Document, "moduleId", moduleId);
        if (request.IfMatch is not { } condition)
        {
            HubIdentity created = registry.CreateModule(id, moduleId, request.Document);
            return Identity(created) with { Status = StatusCodes.Status201Created };
        }

        HubIdentity module = registry.Module(id, moduleId);
        HubRegistry.RequireMatch(condition, module.ETag);
        registry.Update(module, request.Document);
        return Identity(module);
    }

    private HubReply Delete(HubRequest request, Func<HubIdentity> find)
    {
        // What the service does without the header is not documented: a client must not rely on it.
        string condition = request.IfMatch
            ?? throw new HubRefusal(HubError.ArgumentNull, "A delete needs If-Match: the identity's ETag, or *.");
        HubIdentity identity = find();
        HubRegistry.RequireMatch(condition, identity.ETag);
        registry.Delete(identity);
        return new HubReply(StatusCodes.Status204NoContent);
    }

    private HubReply Purge(string id)
    {
        HubIdentity device = registry.Device(id);
        int purged = device.PendingCommands;
        device.PendingCommands = 0;
        serviceBound.Purged(device, purged);
        return HubReply.Ok(
            new JsonObject
            {
                ["deviceId"] = id,
                ["moduleId"] = null,
                ["totalMessagesPurged"] = purged,
            }
        );
    }

    private HubReply Modules(string id) =>
        HubReply.Ok(new JsonArray([.. registry.Device(id).Modules.Values.Select(module => module.ToIdentityJson())]));

    private JsonObject DeviceStatistics()
    {
        int enabled = registry.Devices.Count(device => device.Status == "enabled");
        return new JsonObject
        {
            ["totalDeviceCount"] = registry.Devices.Count,
            ["enabledDeviceCount"] = enabled,
            ["disabledDeviceCount"] = registry.Devices.Count - enabled,
        };
    }

    private JsonObject ServiceStatistics() => new() { ["connectedDeviceCount"] = registry.Devices.Count(device => device.Connected) };

    private static void RequireSameId(JsonObject document, string name, string id)
    {
        if (document[name]?.ToString() != id)
            throw new HubRefusal(HubError.ArgumentInvalid, $"The {name} in the body must equal the one in the path.");
    }
}
