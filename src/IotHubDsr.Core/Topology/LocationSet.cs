namespace IotHubDsr.Core.Topology;

/// <summary>Collects locations: one per kind and place, whatever the number of ways that lead there.</summary>
internal sealed class LocationSet
{
    private readonly List<LocationDraft> _ways = [];
    private readonly List<Fault> _faults = [];

    /// <summary>All that was added, way by way.</summary>
    public IReadOnlyList<LocationDraft> Ways => [.. _ways];

    /// <summary>Adds a location or, when the place is known already, one more way to it.</summary>
    public void Add(LocationDraft location) => _ways.Add(location);

    public void Add(IEnumerable<LocationDraft> locations) => _ways.AddRange(locations);

    public void Add(LocationSet other)
    {
        _ways.AddRange(other._ways);
        _faults.AddRange(other._faults);
    }

    /// <summary>Adds reasons why what is known of the locations is not all.</summary>
    public void Add(IEnumerable<Fault> faults) => _faults.AddRange(faults);

    /// <summary>Adds a place that receives something and that this version knows nothing better to say of.</summary>
    /// <param name="place">The place.</param>
    /// <param name="why">Why it is taken for one.</param>
    public void AddUnknown(string place, string why) => AddUnknown(place, [DataWay.Remark(why)]);

    /// <inheritdoc cref="AddUnknown(string, string)" />
    public void AddUnknown(string place, IReadOnlyList<DataWay> why) =>
        Add(
            new LocationDraft
            {
                Kind = PlaceKinds.Unknown,
                Place = place,
                Ways = why,
            }
        );

    /// <summary>Adds a part of the configuration that could not be read.</summary>
    /// <param name="part">The part, in words.</param>
    /// <param name="fault">Why.</param>
    public void AddUnread(string part, Fault fault)
    {
        _faults.Add(fault);
        Add(
            new LocationDraft
            {
                Kind = PlaceKinds.Unread,
                Place = part,
                Ways = [DataWay.Remark($"{part} could not be read: {fault.Message}")],
                Advice = fault.RecommendedAction,
            }
        );
    }

    /// <summary>The locations in the order in which they were first added, each with its ID, verdict and advice.</summary>
    /// <param name="kinds">The kinds of place.</param>
    /// <param name="others">What other hubs write to the same places.</param>
    public DiscoveryResult Build(PlaceKinds kinds, OtherHubs others)
    {
        LocationDraft[] joined =
        [
            .. _ways
                .GroupBy(kinds.KeyOf, StringComparer.Ordinal)
                .SelectMany(static same => LocationIdentity.Apart([.. same]))
                .Select(ways => LocationText.Clean(others.Mark(kinds, LocationJoin.All(ways)))),
        ];
        joined = [.. joined.Select(location => UploadsBesideArchives.Mark(kinds, location, joined))];
        joined = [.. joined.Select(location => ExportsBesideOthers.Mark(kinds, location, joined))];
        IReadOnlyList<string> ids = LocationIds.For(joined);
        return new DiscoveryResult(
            [
                .. LocationIdentity
                    .Named(joined)
                    .Zip(ids, (location, id) => LocationAdvice.ForNoSink(kinds.Of(location.Kind), location).ToLocation(id)),
            ],
            [.. _faults.Distinct()]
        );
    }
}
