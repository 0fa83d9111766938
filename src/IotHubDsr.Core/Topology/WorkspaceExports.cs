using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>A data export rule of a Log Analytics workspace.</summary>
/// <param name="Why">The rule in words, as a way to its destination.</param>
/// <param name="Destination">Resource ID of the storage account, of the event hub, or of its namespace; null if it is not told.</param>
/// <param name="EventHub">Name of the event hub; null where the service makes one for each table.</param>
/// <param name="Tables">The tables.</param>
/// <param name="IsOn">Whether it exports now.</param>
internal sealed record WorkspaceExport(string Why, string? Destination, string? EventHub, IReadOnlyList<string> Tables, bool IsOn)
{
    /// <summary>Rows can be two days old when they arrive, and are filed by their own time.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromDays(2.5);

    /// <summary>What the service makes for a table: a container, or an event hub.</summary>
    public static string NameFor(string table) => $"am-{table}";

    public LocationInflow Inflow => IsOn ? LocationInflow.Open : LocationInflow.Closed;
}

/// <summary>The copies that Log Analytics workspaces make of their tables, wherever the workspaces were found.</summary>
internal static class WorkspaceExports
{
    private const string ApiVersion = "2020-08-01";

    /// <summary>The rules of the workspaces among what was found. What cannot be read is a location, once for each workspace.</summary>
    public static async Task<IReadOnlyList<WorkspaceExport>> ReadAsync(
        IReadOnlyList<LocationDraft> found,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        List<WorkspaceExport> exports = [];
        foreach (ArmId workspace in WorkspacePlaces.Of(found))
        {
            var call = new ArmCall($"{workspace.Path}/dataExports", ApiVersion, $"the data export rules of the workspace {workspace.Name}");
            try
            {
                JsonElement? listed = await context.Resources.GetAsync(call, cancellationToken);
                exports.AddRange(listed.Prop("value").Items().Select(rule => Read(workspace, rule)));
            }
            catch (DsrException unread) when (unread.Fault.Id == FaultCatalogue.LocationMissing.Id)
            {
                // Where the workspace is gone nobody knows of its rules; the place of the workspace says so.
            }
            catch (DsrException unread)
            {
                locations.AddUnread($"data export rules of the workspace {workspace.Name}", unread.Fault);
            }
        }

        return exports;
    }

    private static WorkspaceExport Read(ArmId workspace, JsonElement rule)
    {
        JsonElement? properties = rule.Prop("properties");
        JsonElement? destination = properties.Prop("destination");
        bool isOn = properties.Flag("enable", otherwise: true);
        string why = $"data export rule '{rule.Text("name") ?? "without a name"}' of the workspace {workspace.Name}";
        return new WorkspaceExport(
            isOn ? why : $"{why}, which is off: earlier rows can be there",
            destination.Text("resourceId"),
            destination.Prop("metaData").Text("eventHubName"),
            [.. properties.Prop("tableNames").Items().Select(static table => ((JsonElement?)table).Text()).OfType<string>()],
            isOn
        );
    }
}
