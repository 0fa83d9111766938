using System.Globalization;
using System.Text;

namespace IotHubDsr.Core.Reports;

/// <summary>Fits text into pictures. Without a font at hand widths are estimates on the wide side.</summary>
internal static class SvgLabel
{
    private const double EllipsisEm = 1;

    /// <summary>A coordinate as SVG writes it.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>The text, or as much of its beginning as fits, with an ellipsis.</summary>
    public static string Fit(string text, double width, double fontSize, bool isBold = false)
    {
        string line = VisibleText.Of(text).ReplaceLineEndings(" ");
        double room = width / fontSize / Weight(isBold);
        double used = 0;
        int index = 0;
        int cut = 0;
        foreach (Rune rune in line.EnumerateRunes())
        {
            used += Em(rune);
            if (used > room)
                return line[..cut].TrimEnd() + "…";
            index += rune.Utf16SequenceLength;
            if (used + EllipsisEm <= room)
                cut = index;
        }

        return line;
    }

    public static double Width(string text, double fontSize, bool isBold = false) =>
        text.EnumerateRunes().Sum(Em) * fontSize * Weight(isBold);

    private static double Weight(bool isBold) => isBold ? 1.14 : 1;

    // The widths of DejaVu Sans, the widest of the fonts that a system is likely to have.
    private static double Em(Rune rune) =>
        rune.Value switch
        {
            'i' or 'j' or 'l' or 'I' or '.' or ',' or '\'' or '|' or ':' or ';' or '!' or ' ' or '/' or 't' or 'f' or 'r' => 0.42,
            '…' => EllipsisEm,
            'm' or 'w' or 'M' or 'W' or '@' or '%' => 1.02,
            < 0x80 when Rune.IsUpper(rune) => 0.78,
            < 0x80 => 0.65,
            < 0x1100 => 0.8,
            _ => 1.3,
        };
}
