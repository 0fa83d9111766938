using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>The identities of the hub. Not safe for concurrent use: callers hold <see cref="Gate"/>.</summary>
internal sealed partial class HubRegistry(Random random, TimeProvider time)
{
    private static readonly string[] SystemModules = ["$edgeAgent", "$edgeHub"];

    private readonly SortedDictionary<string, HubIdentity> _devices = new(StringComparer.Ordinal);

    public Lock Gate { get; } = new();

    public IReadOnlyCollection<HubIdentity> Devices => _devices.Values;

    /// <summary>What <c>devices.jobs</c> holds: what jobs did to devices. It outlives the devices.</summary>
    public IList<JsonObject> Jobs { get; } = [];

    /// <summary>Called with an identity that has just been removed or added, and the operation's name.</summary>
    public event Action<HubIdentity, string>? LifecycleChanged;

    public HubIdentity Device(string deviceId) => Find(deviceId) ?? throw new HubRefusal(HubError.DeviceNotFound, deviceId);

    public HubIdentity? Find(string deviceId) => _devices.GetValueOrDefault(deviceId);

    public HubIdentity Module(string deviceId, string moduleId) =>
        Device(deviceId).Modules.GetValueOrDefault(moduleId)
        ?? throw new HubRefusal(HubError.ModuleNotFound, $"Module {moduleId} on device {deviceId} not registered");

    public HubIdentity Create(string deviceId, JsonObject model)
    {
        RequireLegal(deviceId);
        if (_devices.ContainsKey(deviceId))
            throw new HubRefusal(HubError.DeviceAlreadyExists, $"A device with ID '{deviceId}' is already registered.");

        HubIdentity device = NewIdentity(deviceId, null);
        Apply(device, model);
        _devices.Add(deviceId, device);
        LifecycleChanged?.Invoke(device, "createDeviceIdentity");
        FollowEdgeCapability(device, model);
        return device;
    }

    public HubIdentity CreateModule(string deviceId, string moduleId, JsonObject model)
    {
        RequireLegal(moduleId);
        HubIdentity device = Device(deviceId);
        HubIdentity module = NewIdentity(deviceId, moduleId);
        Apply(module, model);
        if (!device.Modules.TryAdd(moduleId, module))
        {
            throw new HubRefusal(
                HubError.ModuleAlreadyExistsOnDevice,
                $"A module with ID '{moduleId}' is already registered on '{deviceId}'."
            );
        }

        LifecycleChanged?.Invoke(module, "createModuleIdentity");
        return module;
    }

    /// <summary>An Edge device is a parent of its own scope, and automatically has the two modules of the runtime.</summary>
    public void MakeEdge(HubIdentity device)
    {
        device.IsEdge = true;
        device.DeviceScope = $"ms-azure-iot-edge://{device.DeviceId}-{device.GenerationId}";
        foreach (string? module in SystemModules.Where(module => !device.Modules.ContainsKey(module)))
            CreateModule(device.DeviceId, module, new JsonObject { ["managedBy"] = "iotEdge" });
    }

    public void Update(HubIdentity identity, JsonObject model)
    {
        Apply(identity, model);
        identity.ETag = NewETag();
        FollowEdgeCapability(identity, model);
    }

    public void Delete(HubIdentity identity)
    {
        if (identity.ModuleId is null)
            _devices.Remove(identity.DeviceId);
        else
            Device(identity.DeviceId).Modules.Remove(identity.ModuleId);

        LifecycleChanged?.Invoke(identity, identity.ModuleId is null ? "deleteDeviceIdentity" : "deleteModuleIdentity");
    }

    /// <summary>Fails unless the condition is a wildcard or names the present ETag. Both are seen with and without quotes.</summary>
    public static void RequireMatch(string condition, string etag)
    {
        string expected = condition.Trim().Trim('"');
        if (expected != "*" && expected != etag)
            throw new HubRefusal(HubError.PreconditionFailed, "Precondition failed: the ETag in the request is not the resource's.");
    }

    private static void RequireLegal(string id)
    {
        if (!LegalId().IsMatch(id))
        {
            throw new HubRefusal(
                HubError.ArgumentInvalid,
                $"The ID '{id}' is longer than 128 characters or has characters that are not allowed."
            );
        }
    }

    private void Apply(HubIdentity identity, JsonObject model)
    {
        string? status = model["status"]?.ToString();
        if (status is not (null or "enabled" or "disabled"))
            throw new HubRefusal(HubError.ArgumentInvalid, $"'{status}' is not a device status.");

        // Whatever can be refused has been looked at before anything changes.
        if (model["authentication"] is JsonObject authentication)
            identity.Authentication = identity.Authentication.With(authentication, NewKey);

        if (status is not null)
            identity.SetStatus(status, model["statusReason"]?.ToString(), time.GetUtcNow());

        if (identity.ModuleId is not null)
        {
            identity.ManagedBy = model.ContainsKey("managedBy") ? model["managedBy"]?.ToString() : identity.ManagedBy;
        }
        else if (!identity.IsEdge && model["deviceScope"] is { } scope)
        {
            identity.DeviceScope = scope.ToString();
            identity.ParentScope = scope.ToString();
        }
    }

    private void FollowEdgeCapability(HubIdentity identity, JsonObject model)
    {
        if (identity.ModuleId is not null || model["capabilities"]?["iotEdge"] is not { } capability)
            return;

        bool isEdge = capability.GetValueKind() == JsonValueKind.True;
        if (isEdge)
        {
            MakeEdge(identity);
        }
        else if (identity.IsEdge)
        {
            (identity.IsEdge, identity.DeviceScope) = (false, null);
            foreach (string module in SystemModules)
                identity.Modules.Remove(module);
        }
    }

    private HubIdentity NewIdentity(string deviceId, string? moduleId)
    {
        DateTimeOffset now = time.GetUtcNow();
        string generation = (637_000_000_000_000_000 + random.NextInt64(1_000_000_000_000_000)).ToString(CultureInfo.InvariantCulture);
        return new HubIdentity(deviceId, moduleId, generation, now)
        {
            ETag = NewETag(),
            Authentication = HubAuthentication.WithKeys(NewKey(), NewKey()),
        };
    }

    private string NewETag() =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(random.Next(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture)));

    private string NewKey()
    {
        byte[] key = new byte[32];
        random.NextBytes(key);
        return Convert.ToBase64String(key);
    }

    [GeneratedRegex(@"^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}\z")]
    private static partial Regex LegalId();
}
