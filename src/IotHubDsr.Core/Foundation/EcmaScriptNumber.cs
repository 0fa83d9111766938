using System.Globalization;
using System.Text.Json;

namespace IotHubDsr.Core.Foundation;

/// <summary>A number as ECMAScript's Number.prototype.toString gives it: the shortest digits that read back as the same number.</summary>
internal static class EcmaScriptNumber
{
    /// <exception cref="JsonException">The number is not finite.</exception>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
            throw new JsonException("The number is not finite.");
        if (value == 0)
            return "0";

        (string digits, int exponent) = Shortest(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        string text = exponent switch
        {
            >= 21 or < -6 => Scientific(digits, exponent),
            < 0 => "0." + new string('0', -exponent - 1) + digits,
            _ when digits.Length <= exponent + 1 => digits + new string('0', exponent + 1 - digits.Length),
            _ => digits[..(exponent + 1)] + "." + digits[(exponent + 1)..],
        };
        return value < 0 ? "-" + text : text;
    }

    /// <summary>The significant digits, and the exponent of the first of them.</summary>
    private static (string Digits, int Exponent) Shortest(string text)
    {
        int e = text.IndexOf('E', StringComparison.Ordinal);
        string mantissa = e < 0 ? text : text[..e];
        int shift = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string all = mantissa.Replace(".", string.Empty, StringComparison.Ordinal);
        int leading = all.Length - all.TrimStart('0').Length;
        int exponent = (point < 0 ? all.Length : point) - 1 - leading + shift;
        return (all.Trim('0'), exponent);
    }

    private static string Scientific(string digits, int exponent) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{digits[..1]}{(digits.Length > 1 ? "." : string.Empty)}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}"
        );
}
