using System.Text;
using System.Text.RegularExpressions;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>
/// Which blobs of a container can hold messages of a hub. A container can receive messages from several hubs, and device IDs are
/// unique only within one: a blob that another hub wrote must not be taken for this hub's.
/// </summary>
internal sealed class BlobNames
{
    private const string HubToken = "{iothub}";
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private readonly string? _hubName;
    private readonly IReadOnlyList<Regex> _formats;

    /// <param name="hubName">Name of the hub; null when any hub will do.</param>
    /// <param name="fileNameFormats">The formats of blob names that endpoints use, one a line; null when unknown.</param>
    public BlobNames(string? hubName, string? fileNameFormats)
    {
        _hubName = hubName;
        _formats = hubName is null || fileNameFormats is null
            ? []
            : fileNameFormats.Split('\n').Where(format => format.Contains(HubToken, StringComparison.OrdinalIgnoreCase)).Select(ToRegex).ToList();
    }

    /// <summary>False only for a blob whose name follows a format with the name of another hub in it, and none with this hub's.</summary>
    public bool Concerns(string blobName)
    {
        List<Match> matches = _formats.Select(format => format.Match(blobName)).Where(match => match.Success).ToList();
        return matches.Count == 0
            || matches.Exists(match => string.Equals(match.Groups["hub"].Value, _hubName, StringComparison.OrdinalIgnoreCase));
    }

    private static Regex ToRegex(string format)
    {
        var pattern = new StringBuilder(Regex.Escape(format).Replace(@"\}", "}", StringComparison.Ordinal));
        (string Token, string Pattern)[] tokens =
        [
            (HubToken, "(?<hub>[A-Za-z0-9-]+)"), ("{partition}", "[0-9]+"), ("{YYYY}", "[0-9]{4}"), ("{MM}", "[0-9]{2}"),
            ("{DD}", "[0-9]{2}"), ("{HH}", "[0-9]{2}"), ("{mm}", "[0-9]{2}"),
        ];
        foreach ((string token, string replacement) in tokens)
            pattern.Replace($@"\{token}", replacement);
        return new Regex($"^{pattern}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchTimeout);
    }
}
