using System.Globalization;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>A device of the registry or, with a <see cref="ModuleId"/>, one of its modules.</summary>
internal sealed class HubIdentity(string deviceId, string? moduleId, string generationId, DateTimeOffset created)
{
    private static readonly DateTimeOffset Never = DateTimeOffset.MinValue;

    public string DeviceId { get; } = deviceId;

    public string? ModuleId { get; } = moduleId;

    /// <summary>Tells two devices apart that have had the same ID, one after the other.</summary>
    public string GenerationId { get; } = generationId;

    public TwinState Twin { get; } = new(created);

    public SortedDictionary<string, HubIdentity> Modules { get; } = new(StringComparer.Ordinal);

    public required string ETag { get; set; }

    public required HubAuthentication Authentication { get; set; }

    public string Status { get; private set; } = "enabled";

    public string? StatusReason { get; private set; }

    public DateTimeOffset StatusUpdated { get; private set; } = Never;

    public DateTimeOffset LastActivity { get; set; } = Never;

    public bool Connected { get; set; }

    public bool IsEdge { get; set; }

    public string? DeviceScope { get; set; }

    public string? ParentScope { get; set; }

    /// <summary>Messages to the device that wait in its queue.</summary>
    public int PendingCommands { get; set; }

    public string? ManagedBy { get; set; }

    public void SetStatus(string status, string? reason, DateTimeOffset now)
    {
        if (status != Status)
            StatusUpdated = now;

        Status = status;
        StatusReason = reason;
    }

    public JsonObject ToIdentityJson()
    {
        var identity = new JsonObject { ["deviceId"] = DeviceId };
        if (ModuleId is not null)
        {
            identity["moduleId"] = ModuleId;
            identity["managedBy"] = ManagedBy;
        }

        identity["generationId"] = GenerationId;
        identity["etag"] = ETag;
        AddState(identity, "statusUpdatedTime");
        identity["authentication"] = Authentication.ToJson();
        AddTopology(identity);
        return identity;
    }

    public JsonObject ToTwinJson()
    {
        var twin = new JsonObject { ["deviceId"] = DeviceId };
        if (ModuleId is not null)
            twin["moduleId"] = ModuleId;

        twin["etag"] = Twin.ETag;
        twin["deviceEtag"] = ETag;
        AddState(twin, "statusUpdateTime");
        twin["authenticationType"] = Authentication.Type;
        twin["x509Thumbprint"] = Authentication.ThumbprintJson();
        twin["version"] = Twin.Version;
        if (Twin.Tags.Count > 0)
            twin["tags"] = Twin.Tags.DeepClone();

        twin["properties"] = Twin.PropertiesJson();
        AddTopology(twin);
        return twin;
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private void AddState(JsonObject target, string statusTimeName)
    {
        if (ModuleId is null)
        {
            target["status"] = Status;
            target["statusReason"] = StatusReason;
            target[statusTimeName] = Text(StatusUpdated);
        }

        target["connectionState"] = Connected ? "Connected" : "Disconnected";
        target["connectionStateUpdatedTime"] = Text(LastActivity);
        target["lastActivityTime"] = Text(LastActivity);
        target["cloudToDeviceMessageCount"] = PendingCommands;
    }

    private void AddTopology(JsonObject target)
    {
        if (ModuleId is not null)
            return;

        target["capabilities"] = new JsonObject { ["iotEdge"] = IsEdge };
        if (DeviceScope is not null)
            target["deviceScope"] = DeviceScope;

        if (ParentScope is not null)
            target["parentScopes"] = new JsonArray(ParentScope);
    }
}
