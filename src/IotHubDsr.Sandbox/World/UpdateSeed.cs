using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.World;

/// <summary>An instance of Device Update that manages the hub's devices.</summary>
internal static class UpdateSeed
{
    public static JsonObject InstanceOf(WorldNames names) =>
        new()
        {
            ["id"] = $"{names.UpdateAccountId(WorldNames.UpdateAccount)}/instances/production",
            ["name"] = "production",
            ["properties"] = new JsonObject
            {
                ["accountName"] = WorldNames.UpdateAccount,
                ["provisioningState"] = "Succeeded",
                ["enableDiagnostics"] = false,
                ["iotHubs"] = new JsonArray(new JsonObject { ["resourceId"] = names.HubId }),
            },
        };
}
