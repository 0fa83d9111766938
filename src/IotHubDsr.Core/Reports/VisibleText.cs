using System.Globalization;
using System.Text;

namespace IotHubDsr.Reports;

/// <summary>
/// Makes characters visible that a reader would not see but a renderer obeys: controls, marks that reverse the direction of what follows,
/// tags, halves of surrogate pairs. Line feeds and tabs stay.
/// </summary>
internal static class VisibleText
{
    public static string Of(string text)
    {
        StringBuilder? visible = null;
        for (int index = 0; index < text.Length;)
        {
            bool isWhole = Rune.TryGetRuneAt(text, index, out Rune rune);
            int length = isWhole ? rune.Utf16SequenceLength : 1;
            string? replacement = !isWhole ? Number(text[index]) : IsLineEnd(text, index) ? string.Empty : Replacement(rune);
            if (replacement is not null)
                (visible ??= new StringBuilder(text, 0, index, text.Length + 16)).Append(replacement);
            else
                visible?.Append(text, index, length);
            index += length;
        }

        return visible?.ToString() ?? text;
    }

    private static bool IsLineEnd(string text, int index) => text[index] == '\r' && index + 1 < text.Length && text[index + 1] == '\n';

    private static string? Replacement(Rune rune) => rune.Value switch
    {
        '\n' or '\t' => null,
        < 0x20 => ((char)(0x2400 + rune.Value)).ToString(),
        0x7F => "\u2421",
        // Joiners make words of Persian and Hindi and many emoji; alone they change nothing but the form of their neighbours.
        0x200C or 0x200D => null,
        _ when (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF => Number(rune.Value),
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            ? Number(rune.Value)
            : null,
    };

    private static string Number(int value) => string.Create(CultureInfo.InvariantCulture, $"⟨U+{value:X4}⟩");
}
