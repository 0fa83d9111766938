using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.WorkspaceReplicas;

/// <summary>The copy of a Log Analytics workspace in another region. Nobody can query it as long as the first region serves.</summary>
internal sealed class WorkspaceReplicaKind : ISinkKind, IOnwardPlaces
{
    public const string Name = "WorkspaceReplica";

    private const string ApiVersion = "2025-02-01";

    public PlaceDescription Description { get; } =
        new(Name, Position: 222, "The replica of a Log Analytics workspace in another region. It is queried only after a switchover.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "Microsoft does not say that a purge reaches the replica, and it can be queried only after a switchover: the owner of the "
                + "workspace has rows of the device leave there as well, by retention or by turning replication off.",
        };

    public string Part => "replicas of workspaces";

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
            string part = $"replication of the workspace {workspace.Name}";
            try
            {
                JsonElement? read = await context.Resources.GetAsync(new ArmCall(workspace.Path, ApiVersion, part), cancellationToken);
                JsonElement? replication = read.Prop("properties").Prop("replication");
                if (!replication.Flag("enabled", otherwise: false))
                    continue;
                string region = replication.Text("location") ?? "another region";
                locations.Add(
                    new LocationDraft
                    {
                        Kind = Name,
                        Place = $"{workspace.Name}/{region}",
                        ResourceId = null,
                        Ways = [DataWay.Remark($"the workspace {workspace.Name} is replicated to {region}")],
                    }
                );
            }
            catch (DsrException unread)
                when (unread.Fault.Id == FaultCatalogue.LocationMissing.Id || unread.Fault.Id == FaultCatalogue.PermissionMissing.Id)
            {
                // Of a workspace that cannot be read less is known, and its own findings say so; one that is gone has no replica.
                OperationNotices.Send(NoticeLevel.Verbose, $"Whether {workspace.Name} is replicated is not known: {unread.Message}");
            }
            catch (DsrException unread)
            {
                locations.AddUnread(part, unread.Fault);
            }
        }
    }
}
