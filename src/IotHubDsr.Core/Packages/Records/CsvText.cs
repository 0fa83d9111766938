using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Packages.Records;

/// <summary>
/// Cells of a table by RFC 4180, made so that a spreadsheet takes none of them for a formula and every one can be turned back into what
/// it was: see <see cref="Rules"/>.
/// </summary>
internal static partial class CsvText
{
    public const char ByteOrderMark = '\uFEFF';
    public const string LineEnd = "\r\n";

    /// <summary>What a reader has to know; it is written to the package.</summary>
    public const string Rules = """
        Tables are UTF-8 with a byte order mark, separated by commas, with CRLF after each row (RFC 4180). A cell without anything in
        it, also without quotation marks, has no value; "" is an empty text. Numbers stand as they are. Objects, lists and message
        bodies stand as JSON. So that no spreadsheet takes a text for a formula, an apostrophe stands before a text that begins like
        one (= + - @ or their full-width forms, also after blanks), or with a tab, a line break or an apostrophe, and before such text
        after a semicolon, a tab or a line break; take one apostrophe away there to have the text as it was. A text with control characters, or that begins with a
        quotation mark, stands as a JSON string. Spreadsheets cut cells after 32,767 characters; the NDJSON file has all.
        """;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void AppendRow(StringBuilder row, IEnumerable<string> texts) => row.AppendJoin(',', texts.Select(OfText)).Append(LineEnd);

    /// <summary>The cell of a text.</summary>
    public static string OfText(string text)
    {
        if (text.StartsWith('"') || text.Any(IsUnprintable))
            text = OfControls(JsonSerializer.Serialize(text, Relaxed));
        return Quote(Formula().Replace(text, "'"));
    }

    /// <summary>The cell of a JSON value; its text is another spelling of the same value.</summary>
    public static string OfJson(string json)
    {
        // A tab can stand only between tokens, and what follows a semicolon only in a text, where an escape says the same.
        string text = OfControls(json.Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' '));
        return Quote(FormulaInJson().Replace(text, static match => $"\\u{(int)match.Value[0]:x4}"));
    }

    private static string Quote(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string OfControls(string json) =>
        json.Any(char.IsControl) ? Controls().Replace(json, static match => $"\\u{(int)match.Value[0]:x4}") : json;

    private static bool IsUnprintable(char c) => char.IsControl(c) && c is not ('\t' or '\r' or '\n');

    /// <summary>
    /// Where an apostrophe goes: before what a spreadsheet reads as the start of a formula, wherever it may see a cell begin.
    /// </summary>
    [GeneratedRegex(@"(?<=\A|[;\t\r\n])(?=['\t\r\n]|[\v\f\p{Z}\p{Cf}]*[=+\-@＝＋－＠])", RegexOptions.CultureInvariant)]
    private static partial Regex Formula();

    [GeneratedRegex(@"(?<=;[\p{Z}\p{Cf}]*)[=+\-@＝＋－＠]", RegexOptions.CultureInvariant)]
    private static partial Regex FormulaInJson();

    [GeneratedRegex(@"\p{Cc}", RegexOptions.CultureInvariant)]
    private static partial Regex Controls();
}
