using System.Security.Cryptography;
using System.Text;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// IDs of locations: <c>routed-blob.stcontoso.telemetry</c>. They name folders of packages and are compared between runs, so they depend
/// on nothing but the kind and the place, unless two places come out alike.
/// </summary>
internal static class LocationIds
{
    private const int MaxLength = 80;
    private const int HashLength = 12;

    public static IReadOnlyList<string> For(IReadOnlyList<LocationDraft> locations)
    {
        string[] plain = [.. locations.Select(static location => $"{OfKind(location.Kind)}.{Slug(location.Place, '.')}".TrimEnd('.', '-'))];
        var uses = plain
            .GroupBy(static id => id, StringComparer.Ordinal)
            .ToDictionary(static same => same.Key, static same => same.Count());
        string[] hashed =
        [
            .. locations.Zip(plain, (location, id) =>
                uses[id] > 1 || id.Length > MaxLength ? WithHash(id, location.Kind, location.Place) : id
            ),
        ];

        // Only a resource ID tells places of one name apart.
        HashSet<string> alike =
        [
            .. hashed
                .GroupBy(static id => id, StringComparer.Ordinal)
                .Where(static same => same.Count() > 1)
                .Select(static same => same.Key),
        ];
        return
        [
            .. hashed.Select(
                (id, index) =>
                    alike.Contains(id)
                        ? WithHash(plain[index], locations[index].Kind, locations[index].Place, Identity(locations[index]))
                        : id
            ),
        ];
    }

    /// <summary>Another ID for a location whose own stands for another place already.</summary>
    public static string Apart(DataLocation location) =>
        WithHash(location.Id, location.Kind, location.Place, Identity(location.ResourceId, location.Settings));

    private static string Identity(LocationDraft location) => Identity(location.ResourceId, location.Settings);

    private static string Identity(string? resourceId, IReadOnlyDictionary<string, string> settings) =>
        $"{resourceId?.ToLowerInvariant()}\n{settings.GetValueOrDefault(LocationSettings.ContainerUri)?.ToLowerInvariant()}";

    private static string WithHash(string id, params string[] parts)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        string head = id.Length > MaxLength - HashLength - 1 ? id[..(MaxLength - HashLength - 1)] : id;
        return $"{head.TrimEnd('.', '-')}-{Convert.ToHexString(hash)[..HashLength].ToLowerInvariant()}";
    }

    /// <summary>RoutedBlobContainer becomes routed-blob: that it is a container shows in the place.</summary>
    private static string OfKind(string kind)
    {
        const string Container = "Container";
        string stem = kind.EndsWith(Container, StringComparison.Ordinal) ? kind[..^Container.Length] : kind;
        var words = new StringBuilder();
        foreach (char letter in stem)
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length > 0)
                words.Append('-');
            words.Append(letter);
        }

        return Slug(words.ToString(), '-');
    }

    private static string Slug(string text, char separator)
    {
        var slug = new StringBuilder(text.Length);
        foreach (char letter in text)
        {
            char next =
                char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter)
                : letter is '/' or '.' ? separator
                : '-';
            bool repeats = next is '.' or '-' && (slug.Length == 0 || slug[^1] is '.' or '-');
            if (!repeats)
                slug.Append(next);
        }

        return slug.ToString().TrimEnd('.', '-');
    }
}
