namespace IotHubDsr.Core.Topology;

/// <summary>Collects locations: one per kind and place, whatever the number of ways that lead there.</summary>
internal sealed class LocationSet
{
    private readonly Dictionary<string, List<DataLocation>> _byPlace = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly List<Fault> _faults = [];

    /// <summary>Adds a location or, when the place is known already, one more way to it.</summary>
    /// <remarks>
    /// Names of Azure resources, blob containers, event hubs and queues do not differ by case alone, so neither do places; only databases
    /// of Cosmos DB do.
    /// </remarks>
    public void Add(DataLocation location)
    {
        bool hasCase = location.Kind == LocationKinds.CosmosContainer;
        string key = $"{location.Kind}|{(hasCase ? location.Place : location.Place.ToLowerInvariant())}";
        if (!_byPlace.TryGetValue(key, out List<DataLocation>? known))
        {
            _byPlace[key] = known = [];
            _order.Add(key);
        }

        known.Add(location);
    }

    public void Add(IEnumerable<DataLocation> locations)
    {
        foreach (DataLocation location in locations)
            Add(location);
    }

    public void Add(LocationSet other)
    {
        foreach (string key in other._order)
            Add(other._byPlace[key]);
        _faults.AddRange(other._faults);
    }

    /// <summary>Adds reasons why what is known of the locations is not all.</summary>
    public void Add(IEnumerable<Fault> faults) => _faults.AddRange(faults);

    /// <summary>Adds a place that receives something and that this version knows nothing better to say of.</summary>
    /// <param name="place">The place.</param>
    /// <param name="why">Why it is taken for one.</param>
    public void AddUnknown(string place, params string[] why) =>
        Add(
            new DataLocation
            {
                Id = "",
                Kind = LocationKinds.UnknownSink,
                Place = place,
                Provenance = why,
            }
        );

    /// <summary>Adds a part of the configuration that could not be read.</summary>
    /// <param name="part">The part, in words.</param>
    /// <param name="fault">Why.</param>
    public void AddUnread(string part, Fault fault)
    {
        _faults.Add(fault);
        Add(
            new DataLocation
            {
                Id = "",
                Kind = LocationKinds.UnreadConfiguration,
                Place = part,
                Provenance = [$"{part} could not be read: {fault.Message}"],
                Advice = fault.RecommendedAction,
            }
        );
    }

    /// <summary>The locations in the order in which they were first added, each with its ID, verdict and advice.</summary>
    /// <param name="others">What other hubs write to blob containers.</param>
    public DiscoveryResult Build(OtherHubs others)
    {
        DataLocation[] joined =
        [
            .. _order
                .SelectMany(key => LocationIdentity.Apart(_byPlace[key]))
                .Select(ways => LocationText.Clean(others.Mark(LocationJoin.All(ways)))),
        ];
        joined = [.. joined.Select(location => UploadsBesideArchives.Mark(location, joined))];
        IReadOnlyList<string> ids = LocationIds.For(joined);
        return new DiscoveryResult(
            [.. LocationIdentity.Named(joined).Zip(ids, static (location, id) => LocationAdvice.ForNoStore(location with { Id = id }))],
            [.. _faults]
        );
    }
}
