using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>The provisioning services that assign devices to the hub. The link is theirs: the hub does not know of it.</summary>
internal sealed class ProvisioningDiscovery(ArmReader arm, Subscriptions subscriptions)
{
    private const string ApiVersion = "2022-12-12";

    public async Task<LocationSet> FindAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        foreach (string subscription in await SubscriptionsAsync(hub, locations, cancellationToken))
        {
            string part = $"device provisioning services of subscription {subscription}";
            try
            {
                var call = new ArmCall(
                    $"/subscriptions/{Uri.EscapeDataString(subscription)}/providers/Microsoft.Devices/provisioningServices",
                    ApiVersion,
                    part
                );
                await foreach (JsonElement service in arm.ListAsync(call, cancellationToken))
                    AddIfLinked(service, hub, locations);
            }
            catch (DsrException exception)
            {
                locations.AddUnread(part, exception.Fault);
            }
        }

        return locations;
    }

    private static void AddIfLinked(JsonElement service, HubDescription hub, LocationSet locations)
    {
        JsonElement? hubs = service.Prop("properties").Prop("iotHubs");
        bool isLinked = hubs.Items().Any(link => HostNames(link).Contains(hub.HostName, StringComparer.OrdinalIgnoreCase));
        bool isUnreadable = hubs is { ValueKind: not JsonValueKind.Array } || hubs.Items().Any(static link => !HostNames(link).Any());
        if (!isLinked && !isUnreadable)
            return;
        string name = service.Text("name") ?? "without a name";
        string why = isLinked
            ? $"device provisioning service '{name}' is linked to the hub"
            : $"device provisioning service '{name}' has a link whose hub is not named in a form that this version can read";
        locations.Add(
            new DataLocation
            {
                Id = "",
                Kind = LocationKinds.ProvisioningService,
                Place = name,
                ResourceId = ArmId.TryParse(service.Text("id"), out ArmId? id) ? id.ToString() : null,
                Provenance = [why],
            }
        );
    }

    /// <summary>A provisioning service may be in any subscription; the hub's own comes first.</summary>
    private async Task<IEnumerable<string>> SubscriptionsAsync(
        HubDescription hub,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        string[] own = [hub.ResourceId.SubscriptionId];
        try
        {
            IReadOnlyList<string> all = await subscriptions.ListAsync(cancellationToken);
            return own.Concat(all).Distinct(StringComparer.OrdinalIgnoreCase);
        }
        catch (DsrException exception)
        {
            locations.AddUnread("device provisioning services of other subscriptions", exception.Fault);
            return own;
        }
    }

    /// <summary>The hub that a link leads to, in each form in which it says so.</summary>
    private static IEnumerable<string> HostNames(JsonElement link) =>
        new[] { link.Text("name"), ServiceAddress.Parts(link.Text("connectionString")).GetValueOrDefault("HostName") }.OfType<string>();
}
