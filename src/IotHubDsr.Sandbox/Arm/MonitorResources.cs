using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.Insights: where the logs of the hub go.</summary>
internal sealed class MonitorResources(WorldNames names, IReadOnlySet<string> deleted)
{
    public void AddTo(ArmCatalogue catalogue)
    {
        JsonObject[] settings = [ToWorkspace(), ToStorage(), ToEventHub()];
        catalogue.AddList($"{names.HubId}/providers/Microsoft.Insights/diagnosticSettings", pageSize: null, _ =>
            [.. settings.Where(setting => !deleted.Contains((string)setting["name"]!))]
        );
    }

    private JsonObject ToWorkspace() =>
        Setting(
            "to-workspace",
            """
            "workspaceId": "{data}/Microsoft.OperationalInsights/workspaces/contoso-logs", "logAnalyticsDestinationType": null,
            "logs": [ { "category": null, "categoryGroup": "allLogs", "enabled": true, "retentionPolicy": { "enabled": false, "days": 0 } } ]
            """
        );

    private JsonObject ToStorage() =>
        Setting(
            "to-storage",
            $$"""
            "storageAccountId": "{{names.StorageId(WorldNames.UploadAccount)}}",
            "logs": [ { "category": "Connections", "categoryGroup": null, "enabled": true, "retentionPolicy": { "enabled": true, "days": 90 } },
                      { "category": "DeviceIdentityOperations", "categoryGroup": null, "enabled": true,
                        "retentionPolicy": { "enabled": true, "days": 90 } },
                      { "category": "Routes", "categoryGroup": null, "enabled": false, "retentionPolicy": { "enabled": false, "days": 0 } } ]
            """
        );

    private JsonObject ToEventHub() =>
        Setting(
            "to-eventhub",
            """
            "eventHubAuthorizationRuleId": "{data}/Microsoft.EventHub/namespaces/contoso-events/authorizationRules/RootManageSharedAccessKey",
            "eventHubName": null,
            "logs": [ { "category": null, "categoryGroup": "audit", "enabled": true, "retentionPolicy": { "enabled": false, "days": 0 } } ]
            """
        );

    private JsonObject Setting(string name, string destination) =>
        names.Expand(
            $$"""
            { "id": "{hub}/providers/Microsoft.Insights/diagnosticSettings/{{name}}", "name": "{{name}}",
              "type": "Microsoft.Insights/diagnosticSettings",
              "properties": { {{destination}},
                "metrics": [ { "category": "AllMetrics", "enabled": false, "retentionPolicy": { "enabled": false, "days": 0 } } ] } }
            """
        );
}
