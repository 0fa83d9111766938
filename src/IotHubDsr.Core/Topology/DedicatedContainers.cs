namespace IotHubDsr.Core.Topology;

/// <summary>The containers of which a connection's parameter says that they are the hub's alone.</summary>
internal static class DedicatedContainers
{
    private static readonly OperatorStatement Statement = new(
        OperatorStatementKind.DedicatedContainer,
        "-DedicatedContainer of Connect-IotHubDsr"
    );

    /// <param name="kinds">The kinds of place.</param>
    /// <param name="discovered">The locations of the hub.</param>
    /// <param name="places">Containers, as <c>account/container</c>.</param>
    /// <param name="notify">Takes a warning for each container that is not among the locations.</param>
    public static DiscoveryResult Apply(
        PlaceKinds kinds,
        DiscoveryResult discovered,
        IReadOnlyList<string> places,
        Action<NoticeLevel, string> notify
    )
    {
        HashSet<string> dedicated = new(places, StringComparer.OrdinalIgnoreCase);
        List<DataLocation> locations =
        [
            .. discovered.Locations.Select(location =>
                MayBe(location) && dedicated.Contains(location.Place)
                    ? location with
                    {
                        Statements = LocationJoin.Statements([.. location.Statements, Statement]),
                    }
                    : location
            ),
        ];
        HashSet<string> known = new(locations.Where(MayBe).Select(location => location.Place), StringComparer.OrdinalIgnoreCase);
        foreach (string place in dedicated.Where(place => !known.Contains(place)))
        {
            notify(
                NoticeLevel.Warning,
                $"-DedicatedContainer {place} has no effect: the hub has no container of that name that others could write to."
            );
        }

        return discovered with
        {
            Locations = locations,
        };

        bool MayBe(DataLocation location) => kinds.Of(location.Kind).Is(PlaceTraits.MayBeDedicated);
    }
}
