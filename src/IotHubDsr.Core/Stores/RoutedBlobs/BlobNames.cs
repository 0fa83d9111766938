using System.Text;
using System.Text.RegularExpressions;
using IotHubDsr.Stores.BlobArchives;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>
/// What the names of blobs in a container say of messages of a hub: whether they can be of this hub, and when they were written. A container
/// can receive messages from several hubs, and device IDs are unique only within one: a blob that another hub wrote must not be taken for this
/// hub's.
/// </summary>
internal sealed class BlobNames
{
    private const string HubToken = "{iothub}";
    private const string AnyHub = "[A-Za-z0-9-]+";

    private readonly Format[] _formats;

    /// <param name="hubName">Name of the hub; null when any hub will do.</param>
    /// <param name="fileNameFormats">The formats of blob names that its endpoints use, one a line; null when unknown.</param>
    public BlobNames(string? hubName, string? fileNameFormats)
    {
        string[] formats = [.. (fileNameFormats ?? string.Empty).Split('\n').Where(format => format.Contains(HubToken, StringComparison.Ordinal))];
        _formats = hubName is null ? [] : [.. formats.Select(format => new Format(format, hubName))];
    }

    /// <summary>
    /// False only for a blob whose name follows an endpoint's format with the name of another hub in it. Where a name can be read both ways, it
    /// is this hub's. A folder can hold anything: that it has a hub's place in the format does not make it one.
    /// </summary>
    public bool Concerns(string name) =>
        name.EndsWith('/') || !Array.Exists(_formats, format => format.AnyHub.IsMatch(name)) || Array.Exists(_formats, format => format.ThisHub(name)!.IsMatch(name));

    /// <summary>What the name of a blob, or of a folder that ends with a slash, says of the time; see <see cref="ArchiveLayout.TimesOf"/>.</summary>
    public NameTimes TimesOf(string name)
    {
        NameTimes? times = null;
        foreach (Format format in _formats)
        {
            if (format.ThisHub(name)?.Match(name) is { Success: true } match)
                times = NameTimes.Both(times, NameTimes.Of(match.Groups));
        }

        return times ?? NameTimes.Foreign;
    }

    private sealed class Format
    {
        private readonly Regex _blob;
        private readonly Regex[] _folders;

        public Format(string format, string hubName)
        {
            string thisHub = $"(?i:{Regex.Escape(hubName)})";
            string[] segments = format.Split('/');
            AnyHub = ToRegex(format, BlobNames.AnyHub);
            _blob = ToRegex(format, thisHub);
            _folders = [.. Enumerable.Range(1, segments.Length - 1).Select(depth => ToRegex(string.Join('/', segments[..depth]) + "/", thisHub))];
        }

        /// <summary>A blob of any hub.</summary>
        public Regex AnyHub { get; }

        /// <summary>A blob of this hub, or a folder of it, whichever the name is; null for a folder that lies too deep.</summary>
        public Regex? ThisHub(string name)
        {
            int depth = name.EndsWith('/') ? name.AsSpan().Count('/') : 0;
            return depth == 0 ? _blob : depth <= _folders.Length ? _folders[depth - 1] : null;
        }

        /// <remarks>Formats are the operator's and names anybody's: the time to match them must not grow faster than they do.</remarks>
        private static Regex ToRegex(string format, string hub)
        {
            var pattern = new StringBuilder(Regex.Escape(format).Replace(@"\}", "}", StringComparison.Ordinal));
            (string Token, string Pattern)[] tokens =
            [
                (HubToken, hub), ("{partition}", "[0-9]+"), ("{YYYY}", "(?<y>[0-9]{4})"), ("{MM}", "(?<M>[0-9]{2})"),
                ("{DD}", "(?<d>[0-9]{2})"), ("{HH}", "(?<h>[0-9]{2})"), ("{mm}", "(?<m>[0-9]{2})"),
            ];
            foreach ((string token, string replacement) in tokens)
                pattern.Replace($@"\{token}", replacement);
            return new Regex($@"\A{pattern}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
    }
}
