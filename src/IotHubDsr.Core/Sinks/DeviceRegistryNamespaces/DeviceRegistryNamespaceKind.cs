using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DeviceRegistryNamespaces;

/// <summary>Azure Device Registry namespace that is linked to the hub.</summary>
internal sealed class DeviceRegistryNamespaceKind : ISinkKind, IHubPlaces
{
    public const string Name = "DeviceRegistryNamespace";

    public PlaceDescription Description { get; } =
        new(Name, Position: 70, "Azure Device Registry namespace that is linked to the hub.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the namespace looks for the resource that stands for the device, "
                + "deletes it, and thinks of other hubs that share the namespace.",
        };

    public Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken)
    {
        JsonElement? link = hub.Properties.Prop("deviceRegistry");
        string? id = link.Text("namespaceResourceId");
        bool isGen2 = hub.SkuName.Equals("GEN2", StringComparison.OrdinalIgnoreCase);
        if (link is null && !isGen2)
            return Task.CompletedTask;
        string place = ArmId.TryParse(id, out ArmId? parsed) ? parsed.Name : id ?? $"namespace of {hub.Name}";
        var way = new DataWay
        {
            Kind = DataWayKind.RegistryNamespaceLink,
            Name = link is null ? null : place,
            Note = link.Prop("linkingProperties").Text("state"),
        };
        locations.Add(
            new LocationDraft
            {
                Kind = Name,
                Place = place,
                ResourceId = parsed?.ToString(),
                Ways = [way],
            }
        );
        return Task.CompletedTask;
    }
}
