using System.Globalization;

namespace IotHubDsr;

/// <summary>Formats counts.</summary>
public static class Counted
{
    /// <summary>Shown for an unknown number.</summary>
    public const string Unknown = "not counted";

    /// <summary>A number with its noun: <c>1 record</c>, <c>1,204 records</c>.</summary>
    /// <param name="number">How many, 0 or more.</param>
    /// <param name="noun">The noun in the singular.</param>
    /// <param name="plural">The plural where it is not the singular with an s.</param>
    public static string Of(long number, string noun, string? plural = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? noun : plural ?? noun + "s")}");

    /// <summary>A number alone: <c>1,204</c>.</summary>
    /// <param name="number">The number.</param>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
