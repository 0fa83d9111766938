using System.Runtime.CompilerServices;
using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Finds and reads the hub itself.</summary>
/// <param name="arm">Reads Azure Resource Manager.</param>
/// <param name="notify">Takes what is worth a line but changes nothing.</param>
internal sealed class HubResource(ArmReader arm, Action<NoticeLevel, string> notify)
{
    internal const string ApiVersion = "2023-06-30";

    /// <summary>The right to use the service endpoints, the built-in one among them.</summary>
    public const string ServiceConnect = "ServiceConnect";

    /// <summary>
    /// An interface version returns the properties it knows and hides the others; the newest one that the service accepts shows most.
    /// </summary>
    private static readonly string[] PreviewVersions =
    [
        "2026-10-01-preview",
        "2026-05-01-preview",
        "2026-03-01-preview",
        "2025-08-01-preview",
    ];

    /// <summary>Finds a hub by its name among those that the account can read.</summary>
    public async Task<HubDescription> FindHubAsync(
        string name,
        string? subscriptionId,
        string? resourceGroup,
        CancellationToken cancellationToken
    )
    {
        var found = new List<ArmId>();
        await foreach (ArmId id in IdsAsync(subscriptionId, resourceGroup, cancellationToken))
        {
            if (string.Equals(id.Name, name, StringComparison.OrdinalIgnoreCase))
                found.Add(id);
        }

        return found switch
        {
            [] => throw FaultCatalogue.HubNotFound.Exception(
                name,
                subscriptionId is null ? " in any subscription that the account can read" : $" in subscription {subscriptionId}"
            ),
            [ArmId one] => await ReadHubAsync(one, cancellationToken),
            _ => throw FaultCatalogue.HubAmbiguous.Exception(name, string.Join(", ", found)),
        };
    }

    /// <summary>The hubs that the account can read.</summary>
    public async IAsyncEnumerable<HubReference> ListAsync(
        string? subscriptionId,
        string? resourceGroup,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (ArmId id in IdsAsync(subscriptionId, resourceGroup, cancellationToken))
            yield return new HubReference(id.Name, id.ToString());
    }

    private async IAsyncEnumerable<ArmId> IdsAsync(
        string? subscriptionId,
        string? resourceGroup,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (string subscription in await SubscriptionsAsync(subscriptionId, cancellationToken))
        {
            await foreach (JsonElement hub in arm.ListAsync(ListCall(subscription, resourceGroup), cancellationToken))
            {
                if (ArmId.TryParse(hub.Text("id"), out ArmId? id))
                    yield return id;
            }
        }
    }

    public Task<HubDescription> ReadHubAsync(string resourceId, CancellationToken cancellationToken) =>
        ArmId.TryParse(resourceId, out ArmId? id) && id.ResourceGroup is not null && id.IsOf("Microsoft.Devices", "IotHubs")
            ? ReadHubAsync(id, cancellationToken)
            : throw FaultCatalogue.InvalidResourceId.Exception(resourceId);

    /// <summary>Reads the key of a policy that may both change the registry and use the service endpoints.</summary>
    public Task<HubKey> ReadKeyAsync(HubDescription hub, CancellationToken cancellationToken) =>
        ReadKeyAsync(arm, hub.ResourceId, ["RegistryWrite", ServiceConnect], cancellationToken);

    /// <summary>Reads the key of the policy with the fewest rights that still suffice.</summary>
    public static async Task<HubKey> ReadKeyAsync(
        ArmReader arm,
        ArmId hub,
        IReadOnlyList<string> needed,
        CancellationToken cancellationToken
    )
    {
        var call = new ArmCall($"{hub.Path}/listkeys", ApiVersion, $"the IoT hub {hub.Name}")
        {
            Verb = "list the keys of",
            Permission = "the action Microsoft.Devices/iotHubs/listkeys/action (part of IoT Hub Contributor)",
        };
        JsonElement answer = await arm.PostAsync(call, cancellationToken);

        (string Name, string Key, int Rights)? best = null;
        foreach (JsonElement policy in answer.Prop("value").Items())
        {
            string[] rights = (policy.Text("rights") ?? "").Split(
                ',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            );
            bool suffices = needed.All(right => rights.Contains(right, StringComparer.OrdinalIgnoreCase));
            if (
                suffices
                && policy.Text("keyName") is { } policyName
                && policy.Text("primaryKey") is { } key
                && !(best?.Rights <= rights.Length)
            )
            {
                best = (policyName, key, rights.Length);
            }
        }

        return best is { } chosen
            ? new HubKey(chosen.Name, chosen.Key)
            : throw FaultCatalogue.PermissionMissing.Exception(
                $"the IoT hub {hub.Name} by shared access key",
                "use",
                $"a shared access policy with {string.Join(" and ", needed)} (such as iothubowner)",
                $"the IoT hub {hub.Name}"
            );
    }

    /// <summary>The listing of the hubs of a subscription, or of a resource group in it.</summary>
    public static ArmCall ListCall(string subscription, string? resourceGroup)
    {
        string group = resourceGroup is null ? "" : $"/resourceGroups/{Uri.EscapeDataString(resourceGroup)}";
        return new ArmCall(
            $"/subscriptions/{Uri.EscapeDataString(subscription)}{group}/providers/Microsoft.Devices/IotHubs",
            ApiVersion,
            $"the IoT hubs of subscription {subscription}"
        );
    }

    private async Task<HubDescription> ReadHubAsync(ArmId id, CancellationToken cancellationToken)
    {
        JsonElement body;
        try
        {
            body = await arm.GetAsync(new ArmCall(id.Path, ApiVersion, $"the IoT hub {id.Name}"), cancellationToken);
        }
        catch (DsrException exception) when (exception.Fault.Id == FaultCatalogue.LocationMissing.Id)
        {
            throw new DsrException(FaultCatalogue.HubNotFound.For(id.Name, $" under {id}"), exception);
        }

        JsonElement? properties = body.Prop("properties");
        string? hostName = properties.Text("hostName");
        if (properties is null || Uri.CheckHostName(hostName) != UriHostNameType.Dns)
            throw FaultCatalogue.ServiceFailed.Exception($"the IoT hub {id.Name}", "its description has no host name.");
        JsonElement? preview = await ProbePreviewAsync(id, cancellationToken);
        return new HubDescription
        {
            ResourceId = id,
            Name = body.Text("name") ?? id.Name,
            HostName = hostName!,
            SkuName = body.Prop("sku").Text("name") ?? preview.Prop("sku").Text("name") ?? "",
            Units = (int)Math.Clamp(body.Prop("sku").Number("capacity") ?? 1, 1, int.MaxValue),
            State = properties.Text("state") ?? "Unknown",
            Properties = Join(properties.Value, preview.Prop("properties")),
        };
    }

    private JsonElement Join(JsonElement known, JsonElement? more)
    {
        try
        {
            return more is null ? known : JsonMerge.Add(known, more.Value);
        }
        catch (InvalidOperationException)
        {
            // Valid JSON can hold half a character, which cannot be written again.
            notify(NoticeLevel.Verbose, "The preview of the hub's description could not be joined with the stable one.");
            return known;
        }
    }

    private async Task<JsonElement?> ProbePreviewAsync(ArmId id, CancellationToken cancellationToken)
    {
        foreach (string version in PreviewVersions)
        {
            try
            {
                return await arm.GetAsync(new ArmCall(id.Path, version, $"the IoT hub {id.Name}"), cancellationToken);
            }
            catch (DsrException exception) when (exception.InnerException is global::Azure.RequestFailedException { Status: 400 })
            {
                continue;
            }
            catch (DsrException exception)
            {
                notify(NoticeLevel.Verbose, $"The preview {version} of the hub's description could not be read: {exception.Fault.Message}");
                return null;
            }
        }

        notify(
            NoticeLevel.Verbose,
            $"No preview of the hub's description is served; kinds of endpoint newer than {ApiVersion} show by their routes alone."
        );
        return null;
    }

    private async Task<IReadOnlyList<string>> SubscriptionsAsync(string? subscriptionId, CancellationToken cancellationToken) =>
        subscriptionId is not null ? [subscriptionId] : await new Subscriptions(arm).ListAsync(cancellationToken);
}
