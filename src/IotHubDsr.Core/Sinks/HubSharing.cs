using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// Whether other hubs may write to a place. Device IDs are unique only within a hub: what does not tell its hub in such a place is not known
/// to be the subject's. It is counted, and neither erased nor exported, and nobody is absent from the place while it is there.
/// </summary>
internal static class HubSharing
{
    /// <summary>What the operator does where the place is the hub's alone after all.</summary>
    public const string Remedy = "say so with -DedicatedContainer of Connect-IotHubDsr or in the location file, and plan again";

    /// <summary>Why another hub may write to a place, without a full stop; null when it is this hub's alone.</summary>
    /// <param name="location">The place.</param>
    /// <param name="what">What the place is, in words.</param>
    public static string? GroundOf(DataLocation location, string what = "place")
    {
        if (location.IsDedicated)
            return null;
        if (location.Settings.GetValueOrDefault(LocationSettings.OtherHubs) is { } others)
        {
            IEnumerable<string> names = others.Split('\n').Select(static hub => $"'{hub.Split(' ')[0]}'").Distinct(StringComparer.Ordinal);
            return $"Hub {string.Join(", ", names)} also writes to the {what}";
        }

        return location.Settings.GetValueOrDefault(LocationSettings.SharingUnknown) is { } unknown
            ? $"It is unknown whether another hub also writes to the {what}: {unknown.TrimEnd('.')}"
            : null;
    }

    /// <summary>The hub whose devices are asked for in a place where records can tell theirs, or a generation of a device.</summary>
    public static RecordOrigin OriginOf(DataLocation location, string hubName) =>
        new(hubName) { IsShared = GroundOf(location) is not null };
}
