using System.Runtime.CompilerServices;
using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Finds and reads the hub itself. One for each connection: it remembers which interface version shows most.</summary>
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
    private static readonly string[] NewerVersions =
    [
        "2026-10-01-preview",
        "2026-05-01-preview",
        "2026-03-01-preview",
        "2025-08-01-preview",
    ];

    /// <summary>A service that refuses version after version is not asked for ever.</summary>
    private const int MostProbes = 8;

    /// <summary>The newest version that the service accepted; <see cref="ApiVersion"/> when it accepts no newer one.</summary>
    private volatile string? _newest;

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
        (JsonElement? newer, Fault? unshown) = await ReadNewerAsync(id, cancellationToken);
        JsonElement joined = properties.Value;
        try
        {
            joined = newer.Prop("properties") is { } more ? JsonMerge.Add(joined, more) : joined;
        }
        catch (InvalidOperationException)
        {
            // Valid JSON can hold half a character, which cannot be written again.
            unshown = FaultCatalogue.ServiceFailed.For($"the newer description of the IoT hub {id.Name}", "it is not valid text.");
        }

        return new HubDescription
        {
            ResourceId = id,
            Name = body.Text("name") ?? id.Name,
            HostName = hostName!,
            SkuName = body.Prop("sku").Text("name") ?? newer.Prop("sku").Text("name") ?? "",
            Units = (int)Math.Clamp(body.Prop("sku").Number("capacity") ?? 1, 1, int.MaxValue),
            State = properties.Text("state") ?? "Unknown",
            Properties = joined,
            Unshown = unshown,
        };
    }

    /// <summary>
    /// The description in the newest version that the service accepts; neither when it accepts none. The first refusal usually names the
    /// versions that there are, also those that came after this one was written.
    /// </summary>
    private async Task<(JsonElement? Newer, Fault? Unshown)> ReadNewerAsync(ArmId id, CancellationToken cancellationToken)
    {
        if (_newest == ApiVersion)
            return (null, null);
        var refused = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<string> named = [];
        while (refused.Count < MostProbes && Next(named, refused) is { } version)
        {
            try
            {
                JsonElement newer = await arm.GetAsync(new ArmCall(id.Path, version, $"the IoT hub {id.Name}"), cancellationToken);
                _newest = version;
                return (newer, null);
            }
            catch (DsrException exception) when (exception.InnerException is global::Azure.RequestFailedException { Status: 400 } refusal)
            {
                refused.Add(version);
                IReadOnlyList<string> versions = ArmError.VersionsIn(refusal);
                named = versions.Count > 1 ? versions : named;
            }
            catch (DsrException exception)
            {
                return (null, exception.Fault);
            }
        }

        _newest = ApiVersion;
        notify(
            NoticeLevel.Verbose,
            $"No newer description of the hub is served; kinds of endpoint newer than {ApiVersion} show by their routes alone."
        );
        return (null, null);
    }

    /// <summary>
    /// The version to ask for: the one that was accepted before, then the newest of those that are named, then those known. A stable version
    /// can hide what an earlier preview shows.
    /// </summary>
    private string? Next(IReadOnlyList<string> named, HashSet<string> refused)
    {
        IEnumerable<string> candidates = named
            .Where(static version => string.CompareOrdinal(version, ApiVersion) > 0)
            .OrderByDescending(static version => version.EndsWith("-preview", StringComparison.OrdinalIgnoreCase))
            .ThenByDescending(static version => version, StringComparer.Ordinal)
            .Concat(NewerVersions);
        return candidates.Prepend(_newest).FirstOrDefault(version => version is not null && !refused.Contains(version));
    }

    private async Task<IReadOnlyList<string>> SubscriptionsAsync(string? subscriptionId, CancellationToken cancellationToken) =>
        subscriptionId is not null ? [subscriptionId] : await new Subscriptions(arm).ListAsync(cancellationToken);
}
