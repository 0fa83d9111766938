using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Provisioning;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Enrollments of single devices, a group of three, a registration that a deleted group left behind, and a device of another hub.
/// </summary>
internal static class ProvisioningSeed
{
    public const string Group = "thermostats";

    /// <summary>What a deleted group left behind.</summary>
    public const string Orphan = "th-004";

    /// <summary>Its enrollment has an ID of its own.</summary>
    public const string Kit = "kit-0002";

    private static readonly string[] InGroup = ["th-001", "th-002", "th-003"];

    public static ProvisioningTruth Fill(ProvisioningInstance service)
    {
        Enroll(service, "dev1", null, "ana.lopez");
        Enroll(service, "dev10", null, "ana.lopez");
        Enroll(service, "kit-0001", "Dev1", "bo.nilsson");
        Enroll(service, Kit, "it's", "chen.wei");

        // Moved to another hub, which the service is not linked to any more.
        Enroll(service, "dev2", null, "dara.okafor", WorldNames.NeighbourHostName);
        service.PutGroup(
            Group,
            new JsonObject
            {
                ["attestation"] = new JsonObject { ["type"] = "x509" },
                ["allocationPolicy"] = "hashed",
            }
        );
        foreach (string device in InGroup)
            service.Assign(device, device, WorldNames.HubHostName, Group);
        service.Assign(Orphan, Orphan, WorldNames.HubHostName, "retired");
        return new ProvisioningTruth(
            service.Name,
            new Dictionary<string, int>(StringComparer.Ordinal)
            {
                ["dev1"] = 2,
                ["dev10"] = 2,
                ["Dev1"] = 2,
                ["it's"] = 2,
                ["th-001"] = 1,
                ["th-002"] = 1,
                ["th-003"] = 1,
                [Orphan] = 1,
            },
            new Dictionary<string, int>(StringComparer.Ordinal) { ["dev2"] = 2 }
        );
    }

    private static void Enroll(ProvisioningInstance service, string registrationId, string? deviceId, string owner, string? hub = null)
    {
        service.PutEnrollment(
            registrationId,
            new JsonObject
            {
                ["registrationId"] = registrationId,
                ["deviceId"] = deviceId,
                ["attestation"] = new JsonObject { ["type"] = "symmetricKey" },
                ["capabilities"] = new JsonObject { ["iotEdge"] = false },
                ["iotHubHostName"] = hub,
                ["initialTwin"] = new JsonObject
                {
                    ["tags"] = new JsonObject { ["owner"] = owner },
                    ["properties"] = new JsonObject { ["desired"] = new JsonObject { ["interval"] = 30 } },
                },
                ["allocationPolicy"] = "hashed",
                ["reprovisionPolicy"] = new JsonObject { ["updateHubAssignment"] = true, ["migrateDeviceData"] = true },
            }
        );
        service.Assign(registrationId, deviceId ?? registrationId, hub ?? WorldNames.HubHostName);
    }
}

/// <summary>A provisioning service and the records of each device of this hub in it, and those of devices of another hub.</summary>
internal sealed record ProvisioningTruth(
    string Service,
    IReadOnlyDictionary<string, int> Records,
    IReadOnlyDictionary<string, int> OtherHub
);
