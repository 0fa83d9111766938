using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.HubConfigurations;

/// <summary>Device configurations and IoT Edge deployments, which can name a device in conditions and labels.</summary>
internal sealed class HubConfigurationKind : ISinkKind, IHubPlaces
{
    public const string Name = "Configurations";

    public PlaceDescription Description { get; } =
        new(Name, Position: 50, "Device configurations and IoT Edge deployments, which can name a device in conditions and labels.")
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub,
            Verdict = Verdict.OwnerAction,
            Advice =
                "Their owner looks for the device ID in target conditions, metric queries, labels and content of the hub's "
                + "configurations and deployments, and changes those that name it.",
        };

    public Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken)
    {
        const string why = "target conditions, metric queries and labels can name a device";
        if (!hub.IsBasic)
            locations.Add(HubDiscovery.Kept(Name, hub.Name, hub.ResourceId.ToString(), why));
        return Task.CompletedTask;
    }
}
