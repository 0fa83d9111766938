using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>Event hubs in Azure Resource Manager.</summary>
internal static class EventHubResource
{
    private const string Provider = "Microsoft.EventHub";

    /// <summary>The first version that shows the cleanup policy, and a retention in hours.</summary>
    private const string ApiVersion = "2024-01-01";

    public static ArmCall CallOf(ArmId id) => new(id.Path, ApiVersion, $"the event hub {id.Name}");

    /// <summary>The event hub that a resource ID is of; null when it is of anything else, such as a namespace.</summary>
    public static ArmId? IdOf(string? resourceId) =>
        ArmId.TryParse(resourceId, out ArmId? id) && id.IsOf(Provider, "namespaces/eventhubs") ? id : null;

    /// <summary>The namespace that an ID is of, or of something in; null when it is of none.</summary>
    public static ArmId? SpaceOf(ArmId id) => id.Within("namespaces", Provider);

    /// <summary>Names of the event hubs of a namespace.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(ArmReader arm, ArmId space, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var call = new ArmCall($"{space.Path}/eventhubs", ApiVersion, $"the event hubs of the namespace {space.Name}");
        await foreach (JsonElement item in arm.ListAsync(call, cancellationToken))
        {
            if (item.Text("name") is { } name)
                names.Add(name);
        }

        return names;
    }

    /// <summary>The listing of the consumer groups of an event hub.</summary>
    public static ArmCall GroupsOf(ArmId id) =>
        new($"{id.Path}/consumergroups", ApiVersion, $"the consumer groups of the event hub {id.Name}");

    /// <summary>The listing of the authorization rules of an event hub, or of a namespace.</summary>
    public static ArmCall RulesOf(ArmId owner) =>
        new($"{owner.Path}/authorizationRules", ApiVersion, $"the authorization rules of {owner.Name}");

    /// <summary>The keys of an authorization rule.</summary>
    public static ArmCall KeysOf(ArmId rule) =>
        new($"{rule.Path}/listKeys", ApiVersion, $"the authorization rule {rule.Name}") { Verb = "list the keys of" };
}
