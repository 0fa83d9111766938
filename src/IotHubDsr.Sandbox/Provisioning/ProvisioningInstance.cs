using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Provisioning;

/// <summary>Rights of a shared access policy of the service.</summary>
[Flags]
internal enum ProvisioningRight
{
    None = 0,
    ServiceConfig = 1,
    EnrollmentRead = 2,
    EnrollmentWrite = 4,
    DeviceConnect = 8,
    RegistrationStatusRead = 16,
    RegistrationStatusWrite = 32,
}

/// <summary>A shared access policy of the service.</summary>
internal sealed record ProvisioningPolicy(string Name, ProvisioningRight Rights, string PrimaryKey, string SecondaryKey);

/// <summary>A device that has registered.</summary>
/// <param name="Document">Its registration state.</param>
/// <param name="GroupId">The enrollment group that let it in; null for an individual enrollment.</param>
internal sealed record RegisteredDevice(JsonObject Document, string? GroupId);

/// <summary>
/// What one Device Provisioning Service holds. IDs of registrations and groups are compared without regard to case. Not safe for concurrent
/// use: callers hold <see cref="Gate"/>.
/// </summary>
internal sealed class ProvisioningInstance
{
    private readonly TimeProvider _time;
    private readonly Random _random;

    public ProvisioningInstance(string name, TimeProvider time, Random random)
    {
        (Name, _time, _random) = (name, time, random);
        Policies =
        [
            new("provisioningserviceowner", (ProvisioningRight)63, NewKey(), NewKey()),
            new("reader", ProvisioningRight.EnrollmentRead | ProvisioningRight.RegistrationStatusRead, NewKey(), NewKey()),
        ];
    }

    public Lock Gate { get; } = new();

    public string Name { get; }

    public IReadOnlyList<ProvisioningPolicy> Policies { get; }

    /// <summary>Host names of the hubs that it is linked to.</summary>
    public IList<string> LinkedHubs { get; } = [];

    public SortedDictionary<string, JsonObject> Enrollments { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, JsonObject> Groups { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, RegisteredDevice> Registrations { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The most items on a page, whatever a caller asks for.</summary>
    public int LargestPage { get; set; } = 1_000;

    /// <summary>Whether reading an enrollment shows its symmetric keys, as it does in some versions; an action of its own always does.</summary>
    public bool ShowsKeys { get; set; } = true;

    /// <summary>Adds or replaces an enrollment; keys that are not given are made.</summary>
    public JsonObject PutEnrollment(string registrationId, JsonObject model)
    {
        JsonObject stored = Stamp(model, Enrollments.GetValueOrDefault(registrationId));
        stored["registrationId"] ??= registrationId;
        stored["provisioningStatus"] ??= "enabled";
        if (stored["attestation"]?["type"]?.ToString() == "symmetricKey")
            MakeKeys(stored["attestation"]!.AsObject());
        return Enrollments[registrationId] = stored;
    }

    public JsonObject PutGroup(string groupId, JsonObject model)
    {
        JsonObject stored = Stamp(model, Groups.GetValueOrDefault(groupId));
        stored["enrollmentGroupId"] ??= groupId;
        stored["provisioningStatus"] ??= "enabled";
        return Groups[groupId] = stored;
    }

    /// <summary>Deleting an individual enrollment takes its registration with it; deleting a group leaves those of its devices.</summary>
    public void RemoveEnrollment(string registrationId)
    {
        Enrollments.Remove(registrationId);
        if (Registrations.TryGetValue(registrationId, out RegisteredDevice? registered) && registered.GroupId is null)
            Registrations.Remove(registrationId);
    }

    /// <summary>Notes where a device is assigned to.</summary>
    public JsonObject Assign(string registrationId, string? deviceId, string? hub, string? groupId = null)
    {
        JsonObject state = Stamp(
            new JsonObject
            {
                ["registrationId"] = registrationId,
                ["assignedHub"] = hub,
                ["deviceId"] = deviceId,
                ["status"] = hub is null ? "unassigned" : "assigned",
                ["substatus"] = hub is null ? null : "initialAssignment",
            },
            Registrations.GetValueOrDefault(registrationId)?.Document
        );
        Registrations[registrationId] = new RegisteredDevice(state, groupId);
        return state;
    }

    /// <summary>An enrollment as a read shows it, with its registration.</summary>
    public JsonObject Show(JsonObject enrollment)
    {
        JsonObject shown = enrollment.DeepClone().AsObject();
        if (!ShowsKeys && shown["attestation"] is JsonObject attestation)
            attestation.Remove("symmetricKey");
        if (Registrations.TryGetValue(shown["registrationId"]!.ToString(), out RegisteredDevice? registered) && registered.GroupId is null)
            shown["registrationState"] = registered.Document.DeepClone();
        return shown;
    }

    private JsonObject Stamp(JsonObject model, JsonObject? before)
    {
        JsonObject stored = model.DeepClone().AsObject();
        string now = _time.GetUtcNow().UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
        stored.Remove("registrationState");
        stored["createdDateTimeUtc"] = before?["createdDateTimeUtc"]?.ToString() ?? now;
        stored["lastUpdatedDateTimeUtc"] = now;
        stored["etag"] = $"\"{_random.NextInt64(0x1000_0000_0000):x12}\"";
        return stored;
    }

    private void MakeKeys(JsonObject attestation)
    {
        JsonObject keys = attestation["symmetricKey"] as JsonObject ?? [];
        attestation["symmetricKey"] = keys;
        foreach (string name in (string[])["primaryKey", "secondaryKey"])
        {
            if (string.IsNullOrEmpty(keys[name]?.ToString()))
                keys[name] = NewKey();
        }
    }

    private string NewKey()
    {
        byte[] key = new byte[64];
        _random.NextBytes(key);
        return Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(Convert.ToHexString(key))));
    }
}
