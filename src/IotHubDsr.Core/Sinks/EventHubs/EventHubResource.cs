using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>Event hubs in Azure Resource Manager.</summary>
internal static class EventHubResource
{
    /// <summary>The first version that shows the cleanup policy, and a retention in hours.</summary>
    private const string ApiVersion = "2024-01-01";

    public static ArmCall CallOf(ArmId id) => new(id.Path, ApiVersion, $"the event hub {id.Name}");

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
}
