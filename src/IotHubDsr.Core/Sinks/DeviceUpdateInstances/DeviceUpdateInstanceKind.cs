using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DeviceUpdateInstances;

/// <summary>Instances of Device Update that are linked to the hub: they keep devices, and how updates went for them.</summary>
internal sealed class DeviceUpdateInstanceKind : ISinkKind, IAttachedPlaces
{
    public const string Name = "DeviceUpdateInstance";

    private const string ApiVersion = "2023-07-01";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 255,
            "Instances of Device Update that are linked to the hub: devices, their groups, and how deployments went for them. The service has "
                + "no call that deletes one device: the owner of the account acts."
        )
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "Device Update has no call that deletes one device. The owner of the account waits until the device is gone from the hub, "
                + "then asks the instance for it (GET /deviceUpdate/{instance}/management/devices/{device}, and the device states of "
                + "each deployment): where it is still there, they delete the deployments that list it, or its device class when no other "
                + "device has it, and else ask Microsoft to remove it. Microsoft states that the telemetry which the service itself "
                + "collects, the device ID among it, can neither be accessed nor exported by the administrator of a tenant.",
        };

    public string Part => "instances of Device Update";

    public async Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken)
    {
        // What keeps accounts from being listed at all is told once, elsewhere.
        ConsumerListing consumers = await context.Consumers.ListAsync(hub, cancellationToken);
        LocationSet[] parts = await Task.WhenAll(
            consumers
                .Of("Microsoft.DeviceUpdate", "accounts")
                .Select(account => OfAccountAsync(account.Id, hub, context, cancellationToken))
        );
        foreach (LocationSet part in parts)
            locations.Add(part);
    }

    private static async Task<LocationSet> OfAccountAsync(
        ArmId account,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        var locations = new LocationSet();
        string part = $"instances of the Device Update account {account.Name}";
        try
        {
            await foreach (
                JsonElement instance in context.Arm.ListAsync(new ArmCall($"{account.Path}/instances", ApiVersion, part), cancellationToken)
            )
            {
                if (LinkTo(instance, hub) is { } link)
                    locations.Add(InstanceOf(account, instance, link));
            }
        }
        catch (DsrException exception)
        {
            locations.AddUnread(part, exception.Fault);
        }

        return locations;
    }

    /// <summary>
    /// How an instance is linked to the hub, in words; null when it is linked to others alone. A link that does not tell its hub can be to
    /// this one.
    /// </summary>
    private static string? LinkTo(JsonElement instance, HubDescription hub)
    {
        JsonElement? hubs = instance.Prop("properties").Prop("iotHubs");
        if (hubs.Items().Any(link => hub.ResourceId.Names(link.Text("resourceId"))))
            return "manages updates of the hub's devices";
        bool isUnreadable =
            hubs is not { ValueKind: JsonValueKind.Array }
            || hubs.Items().Any(static link => !ArmId.TryParse(link.Text("resourceId"), out _));
        return isUnreadable ? "has a link whose hub is not named in a form that this version can read" : null;
    }

    private static LocationDraft InstanceOf(ArmId account, JsonElement instance, string link)
    {
        ArmId? id = ArmId.TryParse(instance.Text("id"), out ArmId? parsed) ? parsed : null;
        string name = id?.Name ?? instance.Text("name") ?? "without a name";
        string? logs = instance.Prop("properties").Prop("diagnosticStorageProperties").Text("resourceId");
        return LocationDraft.Of(Name, $"{account.Name}/{name}", (id ?? account).ToString()) with
        {
            Ways = [DataWay.Remark($"instance '{name}' of the Device Update account '{account.Name}' {link}")],
            Advice = ArmId.TryParse(logs, out ArmId? storage)
                ? $"Logs that it collects from devices are in the storage account {storage.Name}: its owner looks for those of the device."
                : null,
        };
    }
}
