using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>IDs of requests sort by the time of their registration, can name a folder, and are not guessed twice.</summary>
internal static partial class RequestIds
{
    public static string Make(DateTimeOffset now) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"
        );

    /// <param name="requestId">The ID of a request.</param>
    public static DateTimeOffset MadeAt(string requestId) =>
        DateTimeOffset.ParseExact(
            requestId.AsSpan(0, requestId.IndexOf('-', StringComparison.Ordinal)),
            "yyyyMMdd'T'HHmmss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal
        );

    public static bool IsOne(string text) => Form().IsMatch(text);

    [GeneratedRegex("^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
