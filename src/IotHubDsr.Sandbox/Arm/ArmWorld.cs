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
        if (world.StorageOnly)
        {
            AddNone(catalogue, $"{names.Subscription}/providers/Microsoft.Devices/provisioningServices");
            AddNone(catalogue, $"{names.HubId}/providers/Microsoft.EventGrid/eventSubscriptions");
            AddNone(catalogue, $"{names.Subscription}/providers/Microsoft.EventGrid/systemTopics");
            AddNone(catalogue, $"{names.HubId}/providers/Microsoft.Insights/diagnosticSettings");
        }
        else
        {
            ProvisioningResources.AddTo(catalogue, names, world.Provisioning);
            new EventGridResources(names, world.EventsToServiceBus).AddTo(catalogue);
            new MonitorResources(names, world.DeletedSettings).AddTo(catalogue);
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
            catalogue.AddList($"{names.StorageId(account)}/objectReplicationPolicies", pageSize: null, _ => storage.Replications(account));
            catalogue.Add("POST", $"{names.StorageId(account)}/listKeys", _ => storage.Keys(account));
        }

        catalogue.Add(new AttachedSettings(names.HubId, world.AttachedSettings));
        catalogue.Add(new WorkspaceResources(names, world.Logs, world.Clock));
        catalogue.Add(new StreamAnalyticsResources(names, world.StreamJobs));
        catalogue.Add(new DeviceUpdateResources(names, world.UpdateInstances));
        catalogue.Add(new KustoResources(names, world.Explorer));
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
}
