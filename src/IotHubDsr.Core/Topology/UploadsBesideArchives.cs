namespace IotHubDsr.Core.Topology;

/// <summary>
/// Containers that take both uploaded files and archives. A device whose ID is the first name of an archive's path, such as the hub's, has
/// a folder in which the messages of all devices lie: readers of uploads there have to know.
/// </summary>
internal static class UploadsBesideArchives
{
    /// <summary>Notes on an upload container what archives in the same container are named after.</summary>
    /// <param name="kinds">The kinds of place.</param>
    /// <param name="location">Any location.</param>
    /// <param name="all">All locations of the hub.</param>
    public static LocationDraft Mark(PlaceKinds kinds, LocationDraft location, IReadOnlyList<LocationDraft> all)
    {
        if (!kinds.Of(location.Kind).Is(PlaceTraits.HasDeviceFolders))
            return location;
        LocationDraft[] archives =
        [
            .. all.Where(other =>
                kinds.Of(other.Kind).Is(PlaceTraits.MixesHubs) && other.Place.Equals(location.Place, StringComparison.OrdinalIgnoreCase)
            ),
        ];
        if (archives.Length == 0)
            return location;
        IEnumerable<string> names = archives.SelectMany(static archive =>
            archive.Settings.GetValueOrDefault(LocationSettings.HubName)?.Split('\n') ?? []
        );
        return location with
        {
            Settings = new Dictionary<string, string>(location.Settings, StringComparer.Ordinal)
            {
                [LocationSettings.ArchiveHubNames] = string.Join('\n', names.Distinct(StringComparer.OrdinalIgnoreCase)),
            },
        };
    }
}
