using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// What makes two ways lead to one place: the resource, never its last name alone. Two workspaces of two resource groups can have the same
/// name, and so can functions of two slots.
/// </summary>
internal static class LocationIdentity
{
    /// <summary>
    /// The ways of one kind and place name, apart by what they lead to. A way that does not tell its resource joins the only one that there
    /// is; where there are several, nobody can say which it means.
    /// </summary>
    public static IEnumerable<IReadOnlyList<LocationDraft>> Apart(IReadOnlyList<LocationDraft> ways)
    {
        var things = new List<List<LocationDraft>>();
        foreach (LocationDraft way in ways.Where(IsTelling))
        {
            if (things.Find(thing => thing.Exists(known => IsSame(known, way))) is { } same)
                same.Add(way);
            else
                things.Add([way]);
        }

        LocationDraft[] untold = [.. ways.Where(static way => !IsTelling(way))];
        if (untold.Length == 0)
            return things;
        if (things.Count > 1)
            return [.. things, untold];

        // In the order in which they came: the first way leads the others.
        return [ways];
    }

    /// <summary>Places of one kind and name, with what tells them apart.</summary>
    public static IEnumerable<LocationDraft> Named(IReadOnlyList<LocationDraft> locations)
    {
        HashSet<(string, string)> several =
        [
            .. locations.GroupBy(NameOf).Where(static same => same.Count() > 1).Select(static same => same.Key),
        ];
        return locations.Select(location =>
            several.Contains(NameOf(location)) && (location.ResourceId ?? Uri(location)) is { } apart
                ? location with
                {
                    Place = $"{location.Place} ({apart})",
                }
                : location
        );
    }

    private static (string Kind, string Place) NameOf(LocationDraft location) => (location.Kind, location.Place.ToUpperInvariant());

    private static bool IsTelling(LocationDraft way) => way.ResourceId is not null || Uri(way) is not null;

    private static bool IsSame(LocationDraft one, LocationDraft other)
    {
        if (Uri(one) is { } address && Uri(other) is { } otherAddress)
            return address.Equals(otherAddress, StringComparison.OrdinalIgnoreCase);
        return one.ResourceId is not { } id || other.ResourceId is not { } otherId || IsWithin(id, otherId) || IsWithin(otherId, id);
    }

    /// <summary>Whether an ID is another one, or of a part of it: ways to an event hub can name its namespace.</summary>
    private static bool IsWithin(string id, string part)
    {
        string whole = Canonical(id),
            inner = Canonical(part);
        return inner.Equals(whole, StringComparison.OrdinalIgnoreCase) || inner.StartsWith($"{whole}/", StringComparison.OrdinalIgnoreCase);
    }

    private static string Canonical(string id) => ArmId.TryParse(id, out ArmId? parsed) ? parsed.ToString() : id.TrimEnd('/');

    private static string? Uri(LocationDraft location) => location.Settings.GetValueOrDefault(LocationSettings.ContainerUri)?.TrimEnd('/');
}
