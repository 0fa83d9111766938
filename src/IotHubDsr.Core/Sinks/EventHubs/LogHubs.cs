using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>
/// The event hubs that a diagnostic setting sends logs to. Without a name the service makes one for each category: the namespace shows
/// which there are, those of earlier settings among them.
/// </summary>
internal sealed class LogHubs(ArmReader arm, DiagnosticSetting setting, LocationSet locations)
{
    public const string Prefix = "insights-logs-";

    /// <summary>Rows of logs arrive late.</summary>
    private static readonly TimeSpan LogDelay = TimeSpan.FromHours(2);

    /// <summary>The categories that the deletion of a device writes rows of.</summary>
    private static readonly string[] s_ofDeletion = ["Connections", "DeviceIdentityOperations"];

    public async Task AddAsync(CancellationToken cancellationToken)
    {
        if (setting.Properties.Text("eventHubAuthorizationRuleId") is { } rule)
            await AddAsync(rule, setting.Properties.Text("eventHubName"), isLegacy: false, cancellationToken);
        if (setting.Properties.Text("serviceBusRuleId") is { } legacy)
            await AddAsync(legacy, name: null, isLegacy: true, cancellationToken);
    }

    private static string NamespaceOf(string rule) =>
        ArmId.TryParse(rule, out ArmId? id) && id.NameOf("namespaces") is { } name ? name.ToLowerInvariant() : rule;

    /// <param name="rule">The authorization rule by which the service sends.</param>
    /// <param name="name">The event hub; null where the service makes some.</param>
    /// <param name="isLegacy">Whether the rule can be of a namespace that is not one of Event Hubs in Azure Resource Manager.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task AddAsync(string rule, string? name, bool isLegacy, CancellationToken cancellationToken)
    {
        ArmId? space = ArmId.TryParse(rule, out ArmId? id) ? EventHubResource.SpaceOf(id) : null;
        if (name is not null || space is null)
        {
            Add(rule, space, name ?? $"{Prefix}*");
            return;
        }

        try
        {
            string[] hubs =
            [
                .. (await EventHubResource.NamesAsync(arm, space, cancellationToken)).Where(static hub =>
                    hub.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                ),
            ];

            // The service makes the event hub of a category with its first row, which the deletion of a device can be. A group names many
            // categories that never have one.
            IEnumerable<string> awaited = Named()
                .Concat(setting.Categories.Intersect(s_ofDeletion, StringComparer.OrdinalIgnoreCase))
                .Select(static category => Prefix + category.ToLowerInvariant())
                .Except(hubs, StringComparer.OrdinalIgnoreCase);
            foreach (string hub in hubs.Concat(awaited))
                Add(rule, space, hub);
        }
        catch (DsrException missing) when (isLegacy && missing.Fault.Id == FaultCatalogue.LocationMissing.Id)
        {
            Add(rule, space: null, "insights-*");
        }
        catch (DsrException unread)
        {
            locations.AddUnread($"event hubs of logs in the namespace {space.Name}", unread.Fault);
        }
    }

    /// <summary>The enabled categories that the setting names one by one.</summary>
    private IEnumerable<string> Named() =>
        setting
            .Properties.Prop("logs")
            .Items()
            .Select(static log => ((JsonElement?)log).Text("category"))
            .OfType<string>()
            .Where(category => setting.Categories.Contains(category, StringComparer.OrdinalIgnoreCase));

    private void Add(string rule, ArmId? space, string hub)
    {
        // Event hubs for the categories of a hub have its rows, whoever else writes to the namespace.
        if (
            setting.Of is not null
            && DiagnosticSetting.AllCategories.Any(one => hub.Equals(Prefix + one, StringComparison.OrdinalIgnoreCase))
        )
        {
            return;
        }

        string? category = setting.Categories.FirstOrDefault(one => hub.Equals(Prefix + one, StringComparison.OrdinalIgnoreCase));
        bool isOfCategory = hub.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !hub.EndsWith('*');
        LocationDraft place = setting.To(
            EventHubKind.Name,
            $"{NamespaceOf(rule)}/{hub}",
            space is null || hub.EndsWith('*') ? null : $"{space}/eventhubs/{hub}",
            "event hub"
        );
        locations.Add(
            !isOfCategory ? place
            : category is null
                ? place with
                {
                    Ways = [WithoutCategory(hub)],
                    RecordsDeletion = false,
                    FlushTime = LogDelay,
                    Inflow = LocationInflow.Closed,
                }
            : place with { Ways = [setting.Way with { Carries = [category], Target = "event hub" }], FlushTime = LogDelay }
        );
    }

    private DataWay WithoutCategory(string hub) =>
        setting.Way with
        {
            Carries = [],
            Target = "namespace of event hubs",
            Note = $", which also has the event hub '{hub}' of a category that is not enabled: rows of earlier settings can be there",
        };
}
