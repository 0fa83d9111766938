using System.Globalization;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.LogArchives;

/// <summary>What the name of a blob of Azure Monitor's says, or that of a folder.</summary>
internal static partial class LogBlobName
{
    /// <summary>The resource, from what follows <c>resourceId=</c>; null when the name ends before the resource does.</summary>
    public static string? ResourceIn(string path)
    {
        int year = path.IndexOf("/y=", StringComparison.OrdinalIgnoreCase);
        return year < 0 ? null : path[..year];
    }

    /// <summary>When the rows of a blob were received: names are in UTC. Null when the name does not say.</summary>
    public static (DateTimeOffset Start, DateTimeOffset End)? PeriodOf(string blobName)
    {
        Match match = Blob().Match(blobName);
        if (!match.Success || NameTimes.Of(match.Groups).Start is not { } start)
            return null;
        int length = int.Parse(match.Groups["length"].Value, CultureInfo.InvariantCulture);
        return (start, start + (match.Groups["unit"].Value is "H" or "h" ? TimeSpan.FromHours(length) : TimeSpan.FromMinutes(length)));
    }

    /// <inheritdoc cref="ArchiveLayout.TimesOf"/>
    public static NameTimes TimesOf(string name)
    {
        if (!name.EndsWith('/'))
            return PeriodOf(name) is { } period ? new NameTimes(true, period.Start, period.End) : NameTimes.Foreign;
        Match folder = Folder().Match(name);
        return folder.Success ? NameTimes.Of(folder.Groups) : NameTimes.Foreign;
    }

    /// <summary>
    /// The month and the minute have the same letter. What follows the period is a number where a blob was full, or the end of a draft's
    /// name.
    /// </summary>
    [GeneratedRegex(
        @"/(?i:y)=(?<y>[0-9]{4})/(?i:m)=(?<M>[0-9]{2})/(?i:d)=(?<d>[0-9]{2})/(?i:h)=(?<h>[0-9]{2})/(?i:m)=(?<m>[0-9]{2})/(?i:pt)(?<length>[0-9]{1,2})(?<unit>[HMhm])[^/]*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Blob();

    /// <summary>Folders of a resource ID are of the layout, too.</summary>
    [GeneratedRegex(
        @"\A(?i:(?:workspace)?resourceid)=/(?:[^/]*/)*?(?:(?i:y)=(?<y>[0-9]{4})/(?:(?i:m)=(?<M>[0-9]{2})/(?:(?i:d)=(?<d>[0-9]{2})/(?:(?i:h)=(?<h>[0-9]{2})/(?:(?i:m)=(?<m>[0-9]{2})/)?)?)?)?)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Folder();
}
