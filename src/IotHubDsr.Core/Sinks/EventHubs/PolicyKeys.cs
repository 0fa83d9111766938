using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>Keys of the authorization rules of an event hub and of its namespace, as far as the account may list them.</summary>
internal sealed class PolicyKeys(ArmReader arm)
{
    private const string Listen = "Listen";

    /// <summary>The key of the rule that may read and has the fewest rights, the event hub's own before its namespace's; null without one.</summary>
    public async Task<MessagingKey?> FindAsync(ArmId eventHub, CancellationToken cancellationToken)
    {
        foreach (ArmId? owner in (ArmId?[])[eventHub, EventHubResource.SpaceOf(eventHub)])
        {
            if (owner is not null && await FindOfAsync(owner, cancellationToken) is { } key)
                return key;
        }

        return null;
    }

    private async Task<MessagingKey?> FindOfAsync(ArmId owner, CancellationToken cancellationToken)
    {
        try
        {
            (ArmId Id, int Rights)? best = null;
            await foreach (JsonElement rule in arm.ListAsync(EventHubResource.RulesOf(owner), cancellationToken))
            {
                string?[] rights = [.. rule.Prop("properties").Prop("rights").Items().Select(static right => ((JsonElement?)right).Text())];
                bool suffices = rights.Contains(Listen, StringComparer.OrdinalIgnoreCase);
                if (suffices && ArmId.TryParse(rule.Text("id"), out ArmId? id) && !(best?.Rights <= rights.Length))
                    best = (id, rights.Length);
            }

            if (best is not { } chosen)
                return null;
            JsonElement keys = await arm.PostAsync(EventHubResource.KeysOf(chosen.Id), cancellationToken);
            return keys.Text("primaryKey") is { } key ? new MessagingKey(chosen.Id.Name, key) : null;
        }
        catch (DsrException)
        {
            // What the account lacks is the right to read the events; that is what is said.
            return null;
        }
    }
}
