using System.Buffers;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Shows the matcher the quoted texts of a query, as an operator wrote it: <c>deviceId IN ['dev1', "dev2"]</c>. A quote within a text
/// stands behind a backslash, or twice. What a text that is no ID itself is made of can be one, and so can the parts of a path:
/// <c>tags.members.dev1</c>.
/// </summary>
internal static class QueryLiterals
{
    /// <summary>The longest device ID, 128 characters, in UTF-8.</summary>
    private const int LongestId = 512;

    /// <summary>What stands between the words of a text, and in no ID.</summary>
    private static readonly SearchValues<byte> s_betweenWords = SearchValues.Create(" \t\r\n/\\\"{}[]<>&|;^`~"u8);

    /// <summary>What stands between the names of a path, and between those and all else in the language.</summary>
    private static readonly SearchValues<byte> s_betweenNames = SearchValues.Create([
        .. Enumerable.Range(0, 128).Where(static one => QueryNames.IsBetweenNames((char)one)).Select(static one => (byte)one),
    ]);

    public static void Read(ReadOnlySpan<byte> query, RecordMatcher matcher)
    {
        Span<byte> literal = stackalloc byte[LongestId];
        while (query.IndexOfAny((byte)'\'', (byte)'"') is >= 0 and var start)
        {
            ReadNames(query[..start], matcher);
            byte quote = query[start];
            ReadOnlySpan<byte> text = query[(start + 1)..];
            query = text;
            if (!TryTake(ref query, quote, literal, out int length))
                return;
            if (length is > 0 and <= LongestId)
                matcher.AddMention(literal[..length]);
            ReadWords(text[..^(query.Length + 1)], matcher);
        }

        ReadNames(query, matcher);
    }

    /// <summary>The words of a text that has more than one.</summary>
    private static void ReadWords(ReadOnlySpan<byte> text, RecordMatcher matcher)
    {
        if (!text.ContainsAny(s_betweenWords))
            return;
        while (TryTakePart(ref text, s_betweenWords, out ReadOnlySpan<byte> word, out _))
        {
            matcher.AddMention(word);
            matcher.AddMention(word.Trim("'.,:;!?()=\""u8));
        }
    }

    /// <summary>The names outside of quoted texts; a number is one only in a path.</summary>
    private static void ReadNames(ReadOnlySpan<byte> text, RecordMatcher matcher)
    {
        bool wasNumber = false;
        while (TryTakePart(ref text, s_betweenNames, out ReadOnlySpan<byte> name, out byte before))
        {
            bool isNumber = name.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
            bool isInPath = before is (byte)'[' || (before is (byte)'.' && !wasNumber);
            wasNumber = isNumber;
            if ((!isNumber || isInPath) && !QueryNames.IsWord(name))
                matcher.AddMention(name);
        }
    }

    /// <summary>The next part of a text that is not empty, and what stands before it; false when there is none.</summary>
    private static bool TryTakePart(ref ReadOnlySpan<byte> text, SearchValues<byte> between, out ReadOnlySpan<byte> part, out byte before)
    {
        int start = text.IndexOfAnyExcept(between);
        if (start < 0)
        {
            part = default;
            before = 0;
            return false;
        }

        before = start == 0 ? (byte)0 : text[start - 1];
        text = text[start..];
        int length = text.IndexOfAny(between);
        part = length < 0 ? text : text[..length];
        text = text[part.Length..];
        return true;
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
