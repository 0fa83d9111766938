using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>Log Analytics workspaces that receive the hub's resource logs. Erased by purges, which take up to 30 days.</summary>
internal sealed class LogAnalyticsWorkspaceKind : ISinkKind, ILogPlaces
{
    public const string Name = "LogAnalyticsWorkspace";

    /// <summary>Azure Monitor tries for twelve hours to deliver what a workspace could not take at once.</summary>
    private static readonly TimeSpan s_delay = TimeSpan.FromHours(13);

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 220,
            "Log Analytics workspaces that receive the hub's resource logs. Erased by purges, which take up to 30 days."
        )
        {
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Logs,
            IsShared = true,
            // Rows do not tell which incarnation of a device ID they are about.
            Understands = Narrowing.Time | Narrowing.Mentioned,
            Method =
                "Purges of the rows were ordered by the exact values of a column that names the device, after it was counted that no other "
                + "rows have these values; the service promises to have erased them within 30 days.",
            Reading = LogScan.HowRead,
            Verdict = Verdict.OwnerAction,
            Advice =
                "The owner of the workspace looks for the device ID in AzureDiagnostics and the resource-specific tables, and purges the rows; "
                + "data export rules make further copies.",
        };

    public IReadOnlyCollection<string> SettingMembers { get; } = ["workspaceId", "logAnalyticsDestinationType"];

    public Sink Open(SinkServices services) =>
        Sink.Of(Description, new LogAnalyticsWorkspaceSink(services.Access, services.HubName, services.Time));

    public Task AddAsync(
        DiagnosticSetting setting,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        if (setting.Properties.Text("workspaceId") is { } workspace)
        {
            LocationDraft place = setting.To(Name, ArmId.NameIn(workspace), workspace, "Log Analytics workspace");
            locations.Add(
                place with
                {
                    FlushTime = s_delay,
                    Settings = setting.Of is { } logged
                        ? new Dictionary<string, string>(StringComparer.Ordinal) { [LocationSettings.LoggedResources] = logged.ToString() }
                        : place.Settings,
                }
            );
        }

        return Task.CompletedTask;
    }
}
