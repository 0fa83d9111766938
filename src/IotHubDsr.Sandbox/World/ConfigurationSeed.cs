using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub.Configurations;

namespace IotHubDsr.Sandbox.World;

/// <summary>Configurations of which some name devices: a trace of them that no deletion removes.</summary>
internal sealed class ConfigurationSeed(HubConfigurations configurations, SandboxClock clock, DateTimeOffset baseTime)
{
    /// <summary>For the devices of a floor.</summary>
    public const string Floor = "floor-2-settings";

    /// <summary>For one device alone.</summary>
    public const string Hotfix = "dev1-hotfix";

    /// <summary>For three devices by name.</summary>
    public const string Pilot = "pilot-firmware";

    /// <summary>A deployment to gateways that names one in its content.</summary>
    public const string Gateways = "gateways";

    public void Fill()
    {
        Add(Floor, 20, new JsonObject { ["targetCondition"] = "tags.floor='2'" });
        Add(Hotfix, 3, new JsonObject { ["targetCondition"] = "deviceId='dev1'" });
        Add(Pilot, 5, new JsonObject { ["targetCondition"] = "deviceId IN ['dev1', 'dev10', 'it''s']" });
        Add(
            Gateways,
            8,
            new JsonObject
            {
                ["targetCondition"] = "tags.site='stockholm'",
                ["labels"] = new JsonObject { ["contact"] = "ops" },
                ["content"] = new JsonObject
                {
                    ["modulesContent"] = new JsonObject
                    {
                        ["$edgeHub"] = new JsonObject
                        {
                            ["properties.desired"] = new JsonObject { ["routes"] = new JsonObject(), ["upstream"] = "gw-1" },
                        },
                    },
                },
                ["metrics"] = new JsonObject
                {
                    ["queries"] = new JsonObject { ["leaves"] = "SELECT deviceId FROM devices WHERE deviceId = 'leaf-1'" },
                },
            }
        );
    }

    private void Add(string id, int days, JsonObject model)
    {
        clock.HoldAt(baseTime.AddDays(-days));
        model["priority"] = 10;
        model["content"] ??= new JsonObject { ["deviceContent"] = new JsonObject { ["properties.desired.interval"] = 60 } };
        configurations.Put(id, model);
    }
}
