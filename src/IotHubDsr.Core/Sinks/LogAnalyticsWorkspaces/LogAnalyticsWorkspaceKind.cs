using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>Log Analytics workspace that receives the hub's resource logs.</summary>
internal sealed class LogAnalyticsWorkspaceKind : ISinkKind, ILogPlaces
{
    public const string Name = "LogAnalyticsWorkspace";

    public PlaceDescription Description { get; } =
        new(Name, Position: 220, "Log Analytics workspace that receives the hub's resource logs.")
        {
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read Log Analytics. The owner of the workspace looks for the device ID in "
                + "AzureDiagnostics and the resource-specific tables, and purges the rows; data export rules make further copies.",
        };

    public IReadOnlyCollection<string> SettingMembers { get; } = ["workspaceId", "logAnalyticsDestinationType"];

    public Task AddAsync(
        DiagnosticSetting setting,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        if (setting.Properties.Text("workspaceId") is { } workspace)
            locations.Add(setting.To(Name, ArmId.NameIn(workspace), workspace, "Log Analytics workspace"));
        return Task.CompletedTask;
    }
}
