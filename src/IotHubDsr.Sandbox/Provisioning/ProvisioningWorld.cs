using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Sandbox.Provisioning;

/// <summary>The Device Provisioning Services, and devices that come to them.</summary>
internal sealed class ProvisioningWorld(TimeProvider time, Random random, HubRegistry registry, string hubHostName)
{
    private readonly SortedDictionary<string, ProvisioningInstance> _instances = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ProvisioningInstance> Instances => _instances.Values;

    public ProvisioningInstance? Find(string name) => _instances.GetValueOrDefault(name);

    public ProvisioningInstance Add(string name, params string[] linkedHubs)
    {
        var instance = new ProvisioningInstance(name, time, random);
        foreach (string hub in linkedHubs)
            instance.LinkedHubs.Add(hub);
        _instances.Add(name, instance);
        return instance;
    }

    /// <summary>
    /// A device comes to a service, as it does when it starts: an enrollment that is enabled makes it a device of the hub. False if nothing
    /// lets it in.
    /// </summary>
    /// <param name="name">The service.</param>
    /// <param name="registrationId">What the device calls itself.</param>
    /// <param name="groupId">The group whose key or certificate it has; null for none.</param>
    public bool Register(string name, string registrationId, string? groupId = null)
    {
        ProvisioningInstance instance = _instances[name];
        string deviceId;
        lock (instance.Gate)
        {
            JsonObject? enrollment = instance.Enrollments.GetValueOrDefault(registrationId);
            if (enrollment is null && groupId is null)
                return false;
            JsonObject? entry = enrollment ?? instance.Groups.GetValueOrDefault(groupId!);
            if (entry?["provisioningStatus"]?.ToString() != "enabled")
                return false;
            deviceId = enrollment?["deviceId"]?.ToString() ?? registrationId;
            instance.Assign(registrationId, deviceId, hubHostName, enrollment is null ? groupId : null);
        }

        lock (registry.Gate)
        {
            if (registry.Find(deviceId) is null)
                registry.Create(deviceId, []);
        }

        return true;
    }
}
