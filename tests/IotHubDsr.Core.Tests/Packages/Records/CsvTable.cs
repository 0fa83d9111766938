using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Tests.Packages.Records;

/// <summary>A table by RFC 4180, and the way back from its cells to what they stand for, as the package describes it.</summary>
internal static partial class CsvTable
{
    /// <summary>The rows; a cell is null when there is nothing in it, not even quotation marks.</summary>
    public static IReadOnlyList<string?[]> Read(ReadOnlySpan<byte> content)
    {
        Assert.True(content.StartsWith(Encoding.UTF8.Preamble));
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content[3..]);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        var rows = new List<string?[]>();
        var row = new List<string?>();
        for (int at = 0; at < text.Length; )
        {
            row.Add(ReadCell(text, ref at));
            if (text[at] == ',')
            {
                at++;
                continue;
            }

            Assert.Equal("\r\n", text.Substring(at, 2));
            at += 2;
            rows.Add([.. row]);
            row.Clear();
        }

        Assert.Empty(row);
        Assert.Single(rows.Select(cells => cells.Length).Distinct());
        return rows;
    }

    /// <summary>The text that a cell stands for.</summary>
    public static string TextOf(string cell)
    {
        string text = Apostrophe().Replace(cell, string.Empty);
        return text.StartsWith('"') ? JsonSerializer.Deserialize<string>(text)! : text;
    }

    private static string? ReadCell(string text, ref int at)
    {
        int start = at;
        if (text[at] != '"')
        {
            at = text.IndexOfAny([',', '\r', '\n', '"'], at);
            return at == start ? null : text[start..at];
        }

        var cell = new StringBuilder();
        for (at++; ; at++)
        {
            if (text[at] != '"')
                cell.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '"')
                cell.Append(text[++at]);
            else
                break;
        }

        at++;
        return cell.ToString();
    }

    [GeneratedRegex(@"(?<=\A|[;\t\r\n])'")]
    private static partial Regex Apostrophe();
}
