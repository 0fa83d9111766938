using System.Globalization;
using System.Text;

namespace IotHubDsr;

/// <summary>
/// Makes characters visible that a reader would not see but a terminal or renderer obeys: escape sequences and other controls, marks that
/// reverse the direction of what follows, tags, fillers, halves of surrogate pairs. Every text for people passes through it; data does not.
/// </summary>
public static class VisibleText
{
    /// <summary>
    /// A text of several lines: line feeds and tabs stay, and joiners, which make words of Persian and Hindi and many emoji.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <returns>The same text where nothing in it is hidden.</returns>
    public static string Of(string? text) => Write(text, isLine: false);

    /// <summary>
    /// A text of one line, for a terminal: line feeds and tabs are shown as well, so that no value can begin a line of its own, and so is
    /// whatever has no width.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <returns>The same text where nothing in it is hidden.</returns>
    public static string OfLine(string? text) => Write(text, isLine: true);

    /// <summary>As <see cref="OfLine"/>; null where there is nothing to show.</summary>
    /// <param name="text">The text.</param>
    public static string? OfLineOrNull(string? text) => text is null ? null : OfLine(text);

    private static string Write(string? text, bool isLine)
    {
        if (text is null)
            return string.Empty;
        StringBuilder? visible = null;
        for (int index = 0; index < text.Length; )
        {
            bool isWhole = Rune.TryGetRuneAt(text, index, out Rune rune);
            int length = isWhole ? rune.Utf16SequenceLength : 1;
            string? replacement =
                !isWhole ? Number(text[index])
                : !isLine && IsLineEnd(text, index) ? string.Empty
                : Replacement(rune, isLine);
            if (replacement is not null)
                (visible ??= new StringBuilder(text, 0, index, text.Length + 16)).Append(replacement);
            else
                visible?.Append(text, index, length);
            index += length;
        }

        return visible?.ToString() ?? text;
    }

    private static bool IsLineEnd(string text, int index) => text[index] == '\r' && index + 1 < text.Length && text[index + 1] == '\n';

    private static string? Replacement(Rune rune, bool isLine) =>
        rune.Value switch
        {
            >= 0x20 and < 0x7F => null,
            '\n' or '\t' when !isLine => null,
            < 0x20 => ((char)(0x2400 + rune.Value)).ToString(),
            0x7F => "\u2421",
            0x200C or 0x200D when !isLine => null,
            // Hangul fillers, the grapheme joiner and vowels that nobody writes: letters and marks by their category, and blank.
            0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x034F or 0x17B4 or 0x17B5 => Number(rune.Value),
            // Variation selectors choose the form of an emoji; in a line they can hide a message.
            >= 0xFE00 and <= 0xFE0F or >= 0xE0100 and <= 0xE01EF or >= 0x180B and <= 0x180F => isLine ? Number(rune.Value) : null,
            _ when (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF => Number(rune.Value),
            _ => Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                ? Number(rune.Value)
                : null,
        };

    private static string Number(int value) => string.Create(CultureInfo.InvariantCulture, $"⟨U+{value:X4}⟩");
}
