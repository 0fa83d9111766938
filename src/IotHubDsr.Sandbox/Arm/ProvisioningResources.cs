using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Provisioning;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Device Provisioning Services as Resource Manager shows them, and their keys.</summary>
internal static class ProvisioningResources
{
    private const int PageSize = 1;

    public static void AddTo(ArmCatalogue catalogue, WorldNames names, ProvisioningWorld world)
    {
        catalogue.AddAll(
            $"{names.Subscription}/providers/Microsoft.Devices/provisioningServices",
            PageSize,
            [.. world.Instances.Select(instance => Describe(names, instance))]
        );
        foreach (ProvisioningInstance instance in world.Instances)
            catalogue.Add("POST", $"{names.ProvisioningId(instance.Name)}/listkeys", _ => Keys(instance));
    }

    private static JsonObject Keys(ProvisioningInstance instance) =>
        new()
        {
            ["value"] = new JsonArray([
                .. instance.Policies.Select(policy => new JsonObject
                {
                    ["keyName"] = policy.Name,
                    ["primaryKey"] = policy.PrimaryKey,
                    ["secondaryKey"] = policy.SecondaryKey,
                    ["rights"] = policy.Rights.ToString(),
                }),
            ]),
        };

    private static JsonObject Describe(WorldNames names, ProvisioningInstance instance)
    {
        JsonObject service = names.Expand(
            $$"""
            { "id": "{data}/Microsoft.Devices/provisioningServices/{{instance.Name}}", "name": "{{instance.Name}}",
              "type": "Microsoft.Devices/provisioningServices",
              "location": "westeurope", "sku": { "name": "S1", "tier": "Standard", "capacity": 1 },
              "properties": { "state": "Active", "provisioningState": "Succeeded",
                "serviceOperationsHostName": "{{instance.Name}}.azure-devices-provisioning.net",
                "deviceProvisioningHostName": "global.azure-devices-provisioning.net",
                "idScope": "0ne00000001", "allocationPolicy": "Hashed" } }
            """
        );
        service["properties"]!["iotHubs"] = new JsonArray([
            .. instance.LinkedHubs.Select(static hub => new JsonObject
            {
                ["name"] = hub,
                ["location"] = "westeurope",
                ["allocationWeight"] = 1,
                ["applyAllocationPolicy"] = true,
                ["connectionString"] = $"HostName={hub};SharedAccessKeyName=iothubowner;SharedAccessKey=****",
            }),
        ]);
        return service;
    }
}
