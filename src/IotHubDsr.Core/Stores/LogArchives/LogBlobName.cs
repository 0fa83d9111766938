using System.Globalization;
using System.Text.RegularExpressions;

namespace IotHubDsr.Stores.LogArchives;

/// <summary>What the name of a blob of Azure Monitor's says.</summary>
internal static partial class LogBlobName
{
    /// <summary>The resource, from what follows <c>resourceId=</c>.</summary>
    public static string ResourceIn(string path)
    {
        int year = path.IndexOf("/y=", StringComparison.OrdinalIgnoreCase);
        return year < 0 ? path : path[..year];
    }

    /// <summary>When the rows of a blob were received: names are in UTC. Null when the name does not say.</summary>
    public static (DateTimeOffset Start, DateTimeOffset End)? PeriodOf(string blobName)
    {
        Match match = Period().Match(blobName);
        string start = string.Join(' ', match.Groups.Cast<Group>().Skip(1).Take(5).Select(static group => group.Value));
        if (!match.Success || !DateTimeOffset.TryParseExact(
            start, "yyyy MM dd HH mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset from))
            return null;
        int length = int.Parse(match.Groups["length"].Value, CultureInfo.InvariantCulture);
        return (from, from + (match.Groups["unit"].Value is "H" or "h" ? TimeSpan.FromHours(length) : TimeSpan.FromMinutes(length)));
    }

    /// <summary>The month and the minute have the same letter. What follows the period is a number where a blob was full, or the end of a draft's name.</summary>
    [GeneratedRegex(
        @"/y=(\d{4})/m=(\d{2})/d=(\d{2})/h=(\d{2})/m=(\d{2})/PT(?<length>\d{1,2})(?<unit>[HM])[^/]*\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Period();
}
