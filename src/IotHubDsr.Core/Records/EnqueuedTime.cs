using System.Globalization;
using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>When the hub took a message in, as a record writes it.</summary>
internal static class EnqueuedTime
{
    private const int LongestText = 64;

    /// <summary>Null if it is not a time in a known format.</summary>
    public static DateTimeOffset? Parse(ReadOnlySpan<byte> text)
    {
        Span<char> chars = stackalloc char[LongestText];
        return
            text.Length is > 0 and <= LongestText
            && DateTimeOffset.TryParse(
                chars[..Encoding.UTF8.GetChars(text, chars)],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset time
            )
            ? time
            : null;
    }
}
