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
    private readonly Regex? _anyHub;
    private readonly Regex? _thisHub;

    /// <param name="hubName">Name of the hub; null when any hub will do.</param>
    /// <param name="fileNameFormat">The endpoint's format of blob names; null when unknown.</param>
    public BlobNames(string? hubName, string? fileNameFormat)
    {
        if (hubName is null || fileNameFormat is null || !fileNameFormat.Contains(HubToken, StringComparison.Ordinal))
            return;
        _anyHub = ToRegex(fileNameFormat, "[A-Za-z0-9-]+");
        _thisHub = ToRegex(fileNameFormat, $"(?i:{Regex.Escape(hubName)})");
    }

    /// <summary>
    /// False only for a blob whose name follows the endpoint's format with the name of another hub in it. Where a name can be read both
    /// ways, it is this hub's.
    /// </summary>
    public bool Concerns(string blobName) => _anyHub?.IsMatch(blobName) != true || _thisHub!.IsMatch(blobName);

    private static Regex ToRegex(string format, string hub)
    {
        var pattern = new StringBuilder(Regex.Escape(format).Replace(@"\}", "}", StringComparison.Ordinal));
        (string Token, string Pattern)[] tokens =
        [
            (HubToken, hub), ("{partition}", "[0-9]+"), ("{YYYY}", "[0-9]{4}"), ("{MM}", "[0-9]{2}"),
            ("{DD}", "[0-9]{2}"), ("{HH}", "[0-9]{2}"), ("{mm}", "[0-9]{2}"),
        ];
        foreach ((string token, string replacement) in tokens)
            pattern.Replace($@"\{token}", replacement);

        // Formats are the operator's and names anybody's: the time to match them must not grow faster than they do.
        return new Regex($@"\A{pattern}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
