using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.PartnerSolutions;

/// <summary>Partner solution that receives the hub's resource logs.</summary>
internal sealed class PartnerSolutionKind : ISinkKind, ILogPlaces
{
    public const string Name = "PartnerSolution";

    public PlaceDescription Description { get; } =
        new(Name, Position: 240, "Partner solution that receives the hub's resource logs.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "What the partner keeps cannot be seen from here: the owner of the solution has the partner delete the " + "device's rows.",
        };

    public IReadOnlyCollection<string> SettingMembers { get; } = ["marketplacePartnerId"];

    public Task AddAsync(
        DiagnosticSetting setting,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        if (setting.Properties.Text("marketplacePartnerId") is { } partner)
            locations.Add(setting.To(Name, ArmId.NameIn(partner), partner, "partner solution"));
        return Task.CompletedTask;
    }
}
