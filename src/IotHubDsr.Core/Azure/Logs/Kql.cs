using System.Globalization;
using System.Text;

namespace IotHubDsr.Core.Azure.Logs;

/// <summary>
/// Writes values into queries. Nothing else does: a device ID may hold quotes and backslashes, and two literals beside each other are one,
/// so that a quote is never doubled here.
/// </summary>
internal static class Kql
{
    /// <summary>A string literal that stands for exactly this text.</summary>
    public static string Text(string value) => Quote(value, '"');

    /// <summary>The name of a table or column, whatever it holds.</summary>
    public static string Name(string value) => $"[{Quote(value, '\'')}]";

    /// <summary>A point in time, to the tick.</summary>
    public static string Time(DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"datetime({time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ})");

    /// <summary>A list of string literals in parentheses.</summary>
    public static string Texts(IEnumerable<string> values) => $"({string.Join(", ", values.Select(Text))})";

    /// <summary>A list of string literals in parentheses that the service keeps out of its logs.</summary>
    public static string HiddenTexts(IEnumerable<string> values) => $"({string.Join(", ", values.Select(Hidden))})";

    /// <summary>The column as a text; empty in a table that has no such column.</summary>
    public static string Column(string name) => $"tostring(column_ifexists({Text(name)}, \"\"))";

    /// <summary>A string literal that the service keeps out of its logs.</summary>
    public static string Hidden(string value) => $"h{Quote(value, '\'')}";

    private static string Quote(string value, char quote)
    {
        StringBuilder text = new StringBuilder(value.Length + 2).Append(quote);
        for (int index = 0; index < value.Length; index++)
        {
            char one = value[index];
            if (one == quote || one == '\\')
            {
                text.Append('\\').Append(one);
            }
            else if (char.IsHighSurrogate(one) && index + 1 < value.Length && char.IsLowSurrogate(value[index + 1]))
            {
                text.Append(one).Append(value[++index]);
            }
            else if (char.IsControl(one) || char.IsSurrogate(one) || one is '\u2028' or '\u2029')
            {
                // Lines end a literal, and half a pair is lost on the way.
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
            }
            else
            {
                text.Append(one);
            }
        }

        return text.Append(quote).ToString();
    }
}
