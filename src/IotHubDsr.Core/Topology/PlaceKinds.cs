namespace IotHubDsr.Core.Topology;

/// <summary>The kinds of place that are known, in the order of their positions. What is of none of them is of an unknown kind.</summary>
internal sealed class PlaceKinds
{
    /// <summary>Something in the hub's configuration that receives device data and that this version does not know.</summary>
    public const string Unknown = "UnknownSink";

    /// <summary>A part of the hub's configuration that could not be read, so that its locations are not known.</summary>
    public const string Unread = "UnreadConfiguration";

    private static readonly PlaceDescription UnknownPlace = new(Unknown, int.MaxValue - 1, "Something that this version does not know.")
    {
        Traits = PlaceTraits.HasRecipient,
        Verdict = Verdict.OwnerAction,
        Advice =
            "This version does not know what this is: the owner of the hub finds out where it leads and what is kept there, and has the "
            + "device's data deleted.",
    };

    private static readonly PlaceDescription UnreadPart = new(Unread, int.MaxValue, "A part of the configuration that could not be read.")
    {
        Form = PlaceForm.OfHub,
        Verdict = Verdict.Unreachable,
        Advice = "Locations that are configured there are not known.",
    };

    private readonly Dictionary<string, PlaceDescription> _byName;

    public PlaceKinds(IEnumerable<PlaceDescription> sinks)
    {
        All = [.. sinks.Append(UnknownPlace).Append(UnreadPart).OrderBy(static kind => kind.Position)];
        _byName = All.ToDictionary(static kind => kind.Kind, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<PlaceDescription> All { get; }

    /// <summary>The description of a kind.</summary>
    public PlaceDescription Of(string kind) => Named(kind) ?? UnknownPlace;

    /// <summary>The description of the kind of a name, whatever its case; null when there is none.</summary>
    public PlaceDescription? Named(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The kinds that have a trait.</summary>
    public string[] With(PlaceTraits trait) => [.. All.Where(kind => kind.Is(trait)).Select(static kind => kind.Kind)];

    /// <summary>What two names of one place have in common, apart from resources of one name in several groups.</summary>
    /// <remarks>
    /// Names of Azure resources, blob containers, event hubs and queues do not differ by case alone, so neither do places; only few kinds
    /// of place do.
    /// </remarks>
    public string KeyOf(LocationDraft location) =>
        $"{location.Kind}|{(Of(location.Kind).Is(PlaceTraits.HasCase) ? location.Place : location.Place.ToLowerInvariant())}";

    /// <summary>The kinds of a form.</summary>
    public string[] Of(PlaceForm form) => [.. All.Where(kind => kind.Form == form).Select(static kind => kind.Kind)];
}
