using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>A resource that can read data of a hub, as Azure Resource Graph shows it.</summary>
/// <param name="Id">The resource.</param>
/// <param name="Properties">Its properties.</param>
internal sealed record Consumer(ArmId Id, JsonElement? Properties);

/// <summary>Resources that can be consumers, and why they are not known where they cannot be listed.</summary>
internal sealed record ConsumerListing(IReadOnlyList<Consumer> All, Fault? Fault)
{
    /// <summary>Those of a namespace and type.</summary>
    public IEnumerable<Consumer> Of(string @namespace, string type) => All.Where(consumer => consumer.Id.IsOf(@namespace, type));
}

/// <summary>
/// What reads from hubs without the hub's knowing: clusters of Data Explorer, jobs of Stream Analytics and accounts of Device Update, wherever
/// they are. One discovery asks for them once, for all kinds of place.
/// </summary>
internal sealed class Consumers(ArmReader arm, Subscriptions subscriptions)
{
    private const string Query =
        "Resources | where type in~ ('microsoft.kusto/clusters', 'microsoft.streamanalytics/streamingjobs', "
        + "'microsoft.deviceupdate/accounts') "
        + "| project id, name, type, properties | order by id asc";

    private readonly object _gate = new();
    private Task<ConsumerListing>? _listing;

    public Task<ConsumerListing> ListAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        lock (_gate)
            return _listing ??= ReadAsync(hub, cancellationToken);
    }

    private async Task<ConsumerListing> ReadAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<JsonElement> rows = await new ResourceGraph(arm).QueryAsync(
                Query,
                await VisibleAsync(hub, cancellationToken),
                $"the consumers of {hub.Name}",
                cancellationToken
            );
            return new ConsumerListing([.. rows.Select(Read).OfType<Consumer>()], Fault: null);
        }
        catch (DsrException unread)
        {
            return new ConsumerListing([], unread.Fault);
        }
    }

    private static Consumer? Read(JsonElement row) =>
        ArmId.TryParse(row.Text("id"), out ArmId? id) ? new Consumer(id, row.Prop("properties")) : null;

    private async Task<IReadOnlyList<string>> VisibleAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        string[] own = [hub.ResourceId.SubscriptionId];
        try
        {
            IReadOnlyList<string> all = await subscriptions.ListAsync(cancellationToken);
            return [.. own.Concat(all).Distinct(StringComparer.OrdinalIgnoreCase)];
        }
        catch (DsrException)
        {
            // That subscriptions cannot be listed is told where the hubs of them are looked for.
            return own;
        }
    }
}
