namespace IotHubDsr.Core.Topology;

/// <summary>
/// Containers that the hub's jobs export devices to and that take other things as well: each blob is read as what it is, and by nobody else.
/// </summary>
internal static class ExportsBesideOthers
{
    /// <summary>Notes on a container which of its blobs are the hub's exports, where that is of concern.</summary>
    /// <param name="kinds">The kinds of place.</param>
    /// <param name="location">Any location.</param>
    /// <param name="all">All locations of the hub.</param>
    public static LocationDraft Mark(PlaceKinds kinds, LocationDraft location, IReadOnlyList<LocationDraft> all)
    {
        if (kinds.Of(location.Kind).Form != PlaceForm.Container)
            return location;
        bool isExport = IsExport(location);
        LocationDraft[] beside =
        [
            .. all.Where(other =>
                kinds.Of(other.Kind).Form == PlaceForm.Container
                && IsExport(other) != isExport
                && other.Place.Equals(location.Place, StringComparison.OrdinalIgnoreCase)
            ),
        ];
        string? names = beside.Select(static other => other.Settings.GetValueOrDefault(LocationSettings.ExportBlobs)).FirstOrDefault();
        return beside.Length == 0 ? location
            : isExport ? With(location, LocationSettings.IsBesideOthers, "true")
            : names is null ? location
            : With(location, LocationSettings.ExportBlobs, names);

        bool IsExport(LocationDraft one) => kinds.Of(one.Kind).Is(PlaceTraits.HasNamedBlobs);
    }

    private static LocationDraft With(LocationDraft location, string key, string value) =>
        location with
        {
            Settings = new Dictionary<string, string>(location.Settings, StringComparer.Ordinal) { [key] = value },
        };
}
