using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>Device Provisioning Service that is linked to the hub.</summary>
internal sealed class ProvisioningServiceKind : ISinkKind, IAttachedPlaces
{
    public const string Name = "ProvisioningService";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 250,
            "Enrollments and registrations in a Device Provisioning Service that is linked to the hub. The export has no keys. Erased by "
                + "deleting those of the device before its identity; a group is never changed."
        )
        {
            Traits = PlaceTraits.CreatesDevices,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Return,
            IsShared = true,
            Understands = Narrowing.Mentioned,
            Method =
                "Individual enrollments were deleted, or disabled, and registrations deleted under the ETags that were read; no enrollment "
                + "group was changed.",
            Reading =
                "All individual enrollments and the registrations of all enrollment groups were listed, and the registration under the ID of "
                + "each device was asked for.",
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the service looks for enrollments and registration records of the "
                + "device. As long as one is enabled, an erased device can come back.",
        };

    private const string ApiVersion = "2022-12-12";

    public Sink Open(SinkServices services) =>
        Sink.Of(Description, new ProvisioningServiceSink(services.Access, services.Hub.HostName, services.Hub.Throttle.Share));

    public string Part => "provisioning services";

    /// <summary>The link is the service's: the hub does not know of it.</summary>
    public async Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken)
    {
        foreach (string subscription in await SubscriptionsAsync(hub, context.Subscriptions, locations, cancellationToken))
        {
            string part = $"device provisioning services of subscription {subscription}";
            try
            {
                var call = new ArmCall(
                    $"/subscriptions/{Uri.EscapeDataString(subscription)}/providers/Microsoft.Devices/provisioningServices",
                    ApiVersion,
                    part
                );
                await foreach (JsonElement service in context.Arm.ListAsync(call, cancellationToken))
                    AddIfLinked(service, hub, locations);
            }
            catch (DsrException exception)
            {
                locations.AddUnread(part, exception.Fault);
            }
        }
    }

    private static void AddIfLinked(JsonElement service, HubDescription hub, LocationSet locations)
    {
        JsonElement? hubs = service.Prop("properties").Prop("iotHubs");
        bool isLinked = hubs.Items().Any(link => HostNames(link).Contains(hub.HostName, StringComparer.OrdinalIgnoreCase));
        bool isUnreadable = hubs is { ValueKind: not JsonValueKind.Array } || hubs.Items().Any(static link => !HostNames(link).Any());
        if (!isLinked && !isUnreadable)
            return;
        string name = service.Text("name") ?? "without a name";
        locations.Add(
            new LocationDraft
            {
                Kind = Name,
                Place = name,
                ResourceId = ArmId.TryParse(service.Text("id"), out ArmId? id) ? id.ToString() : null,
                Settings = SettingsOf(hubs, isUnreadable),
                Ways =
                [
                    new DataWay
                    {
                        Kind = DataWayKind.ProvisioningLink,
                        Name = name,
                        Note = isLinked ? null : "has a link whose hub is not named in a form that this version can read",
                    },
                ],
            }
        );
    }

    /// <summary>A provisioning service may be in any subscription; the hub's own comes first.</summary>
    private static async Task<IEnumerable<string>> SubscriptionsAsync(
        HubDescription hub,
        Subscriptions subscriptions,
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

    /// <summary>The linked hubs; where a link cannot be read nothing is known of them.</summary>
    private static Dictionary<string, string> SettingsOf(JsonElement? hubs, bool isUnreadable)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!isUnreadable)
            settings[LocationSettings.LinkedHubs] = string.Join('\n', hubs.Items().Select(static link => HostNames(link).First()));
        return settings;
    }

    /// <summary>The hub that a link leads to, in each form in which it says so.</summary>
    private static IEnumerable<string> HostNames(JsonElement link) =>
        new[] { link.Text("name"), ServiceAddress.Parts(link.Text("connectionString")).GetValueOrDefault("HostName") }.OfType<string>();
}
