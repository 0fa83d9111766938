using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.SentinelDataLakes;

/// <summary>What Microsoft Sentinel mirrors of a workspace's tables to its data lake, which no purge reaches.</summary>
internal sealed class SentinelDataLakeKind : ISinkKind, IOnwardPlaces
{
    public const string Name = "SentinelDataLake";

    private const string ApiVersion = "2024-03-01";

    public PlaceDescription Description { get; } =
        new(Name, Position: 224, "The data lake of Microsoft Sentinel, which mirrors tables of a workspace. No purge reaches it.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "Where the tenant has the data lake of Microsoft Sentinel, tables of the workspace are mirrored there, and a purge of the "
                + "workspace does not reach the mirror. What clears it takes a range of time of all devices: the owner of the workspace "
                + "decides about that, or lets the rows leave by retention.",
        };

    public string Part => "Microsoft Sentinel";

    public async Task AddAsync(
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        foreach (ArmId workspace in WorkspacePlaces.Of(found))
        {
            string part = $"Microsoft Sentinel in the workspace {workspace.Name}";
            var call = new ArmCall($"{workspace.Path}/providers/Microsoft.SecurityInsights/onboardingStates", ApiVersion, part);
            try
            {
                JsonElement? states = await context.Resources.GetAsync(call, cancellationToken);
                if (!states.Prop("value").Items().Any())
                    continue;
                locations.Add(
                    new LocationDraft
                    {
                        Kind = Name,
                        Place = workspace.Name,
                        ResourceId = null,
                        Ways = [DataWay.Remark($"Microsoft Sentinel is on in the workspace {workspace.Name}")],
                    }
                );
            }
            catch (DsrException unread) when (unread.Fault.Id == FaultCatalogue.LocationMissing.Id)
            {
                // Where Sentinel was never on, its provider knows nothing of the workspace.
            }
            catch (DsrException unread)
            {
                locations.AddUnread(part, unread.Fault);
            }
        }
    }
}
