using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Shows the matcher the quoted texts of a query, as an operator wrote it: <c>deviceId IN ['dev1', "dev2"]</c>. A quote within a text
/// stands behind a backslash, or twice.
/// </summary>
internal static class QueryLiterals
{
    /// <summary>The longest device ID, 128 characters, in UTF-8.</summary>
    private const int LongestId = 512;

    public static void Read(ReadOnlySpan<byte> query, RecordMatcher matcher)
    {
        Span<byte> literal = stackalloc byte[LongestId];
        while (query.IndexOfAny((byte)'\'', (byte)'"') is >= 0 and var start)
        {
            byte quote = query[start];
            query = query[(start + 1)..];
            if (!TryTake(ref query, quote, literal, out int length))
                return;
            if (length is > 0 and <= LongestId)
                matcher.AddMention(literal[..length]);
        }
    }

    /// <summary>False when the query ends, or was cut short, within a text.</summary>
    /// <param name="query">What follows the first quote; then what follows the last.</param>
    /// <param name="quote">The quote.</param>
    /// <param name="literal">Takes the text, as far as there is room.</param>
    /// <param name="length">Length of the text, also beyond the room.</param>
    private static bool TryTake(scoped ref ReadOnlySpan<byte> query, byte quote, scoped Span<byte> literal, out int length)
    {
        length = 0;
        for (int at = 0; at < query.Length; at++)
        {
            byte next = query[at];
            bool isEscape = at + 1 < query.Length && (next == '\\' || (next == quote && length > 0 && query[at + 1] == quote));
            if (next == quote && !isEscape)
            {
                query = query[(at + 1)..];
                return true;
            }

            if (isEscape)
                next = query[++at];
            if (length < literal.Length)
                literal[length] = next;
            length++;
        }

        return false;
    }
}
