using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Fills the catalogue from the world.</summary>
internal static class ArmWorld
{
    private const int HealthPageSize = 4;
    private const int AccountPageSize = 2;
    private const int ContainerPageSize = 3;

    public static ArmCatalogue Catalogue(SandboxWorld world, StorageResources storage, AccessRules access)
    {
        WorldNames names = world.Names;
        var catalogue = new ArmCatalogue();
        catalogue.AddAll(
            "/subscriptions",
            null,
            names.Expand(
                $$"""
                { "id": "{sub}", "subscriptionId": "{subscriptionId}", "tenantId": "{{names.TenantId}}",
                  "displayName": "Contoso sandbox", "state": "Enabled" }
                """
            )
        );
        AddHubs(catalogue, world);
        AddProvisioning(catalogue, names);
        if (world.StorageOnly)
        {
            AddNone(catalogue, $"{names.HubId}/providers/Microsoft.EventGrid/eventSubscriptions");
            AddNone(catalogue, $"{names.Subscription}/providers/Microsoft.EventGrid/systemTopics");
            AddNone(catalogue, $"{names.HubId}/providers/Microsoft.Insights/diagnosticSettings");
        }
        else
        {
            new EventGridResources(names, world.EventsToServiceBus).AddTo(catalogue);
            new MonitorResources(names).AddTo(catalogue);
        }

        catalogue.Add(new EventHubResources(names, world.Messaging));
        catalogue.Add(new ServiceBusResources(names, world.Messaging));
        foreach (string scope in (string[])[names.Subscription, $"{names.Subscription}/resourceGroups/{WorldNames.DataGroup}"])
            catalogue.AddList($"{scope}/providers/Microsoft.Storage/storageAccounts", AccountPageSize, _ => storage.List());

        foreach (string account in StorageResources.Accounts)
        {
            string path = $"{names.StorageId(account)}/blobServices/default/containers";
            catalogue.AddList(path, ContainerPageSize, _ => storage.Containers(account));
            catalogue.Know("GET", $"{names.StorageId(account)}/blobServices/default");
            catalogue.Add("POST", $"{names.StorageId(account)}/listKeys", _ => storage.Keys(account));
        }

        catalogue.Add(new QueueResources(names, world.Blobs));
        catalogue.Add(new CosmosResources(world, access));
        return catalogue;
    }

    private static void AddHubs(ArmCatalogue catalogue, SandboxWorld world)
    {
        WorldNames names = world.Names;
        var hub = new HubResource(world);
        catalogue.Add("GET", names.HubId, hub.Read);
        catalogue.Add("GET", hub.Neighbour()["id"]!.ToString(), _ => hub.Neighbour());
        catalogue.Add("POST", $"{names.HubId}/listkeys", _ => hub.Keys());
        catalogue.AddList($"{names.HubId}/routingEndpointsHealth", HealthPageSize, _ => hub.Health());
        catalogue.AddList($"{names.Subscription}/providers/Microsoft.Devices/IotHubs", 1, version => [hub.Neighbour(), hub.Read(version)]);
        catalogue.AddList(Group(names, WorldNames.HubGroup), null, version => [hub.Read(version)]);
        catalogue.AddList(Group(names, WorldNames.DataGroup), null, _ => [hub.Neighbour()]);
    }

    private static void AddNone(ArmCatalogue catalogue, string path) => catalogue.AddList(path, pageSize: null, static _ => []);

    private static string Group(WorldNames names, string group) =>
        $"{names.Subscription}/resourceGroups/{group}/providers/Microsoft.Devices/IotHubs";

    private static void AddProvisioning(ArmCatalogue catalogue, WorldNames names) =>
        catalogue.AddAll(
            $"{names.Subscription}/providers/Microsoft.Devices/provisioningServices",
            1,
            Provisioning(names, "contoso-dps", WorldNames.HubHostName),
            Provisioning(names, "fabrikam-dps", "fabrikam-hub.azure-devices.net")
        );

    private static JsonObject Provisioning(WorldNames names, string name, string linkedHub) =>
        names.Expand(
            $$"""
            { "id": "{data}/Microsoft.Devices/provisioningServices/{{name}}", "name": "{{name}}",
              "type": "Microsoft.Devices/provisioningServices",
              "location": "westeurope", "sku": { "name": "S1", "tier": "Standard", "capacity": 1 },
              "properties": { "state": "Active", "provisioningState": "Succeeded",
                "serviceOperationsHostName": "{{name}}.azure-devices-provisioning.net",
                "deviceProvisioningHostName": "global.azure-devices-provisioning.net",
                "idScope": "0ne00000001", "allocationPolicy": "Hashed",
                "iotHubs": [ { "name": "{{linkedHub}}", "location": "westeurope", "allocationWeight": 1, "applyAllocationPolicy": true,
                  "connectionString": "HostName={{linkedHub}};SharedAccessKeyName=iothubowner;SharedAccessKey=****" } ] } }
            """
        );
}
