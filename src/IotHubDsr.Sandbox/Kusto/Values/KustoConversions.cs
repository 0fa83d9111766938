using System.Globalization;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Kusto.Values;

/// <summary>Conversions between types; what cannot be converted is null.</summary>
internal static class KustoConversions
{
    public static object? To(object? value, KustoType type) =>
        value switch
        {
            null => type == KustoType.String ? "" : null,
            JsonNode json when type != KustoType.Dynamic => KustoDynamic.To(json, type),
            _ => type switch
            {
                KustoType.String => KustoText.Of(value),
                KustoType.Dynamic => value is string text ? JsonValue.Create(text) : KustoDynamic.Of(value),
                KustoType.Bool => ToBool(value),
                KustoType.Int => ToLong(value) is { } number && number is >= int.MinValue and <= int.MaxValue ? number : null,
                KustoType.Long => ToLong(value),
                KustoType.Real => ToReal(value),
                KustoType.Decimal => ToDecimal(value),
                KustoType.DateTime => ToDateTime(value),
                KustoType.TimeSpan => ToTimeSpan(value),
                _ => value is Guid || value is string id && Guid.TryParse(id, out Guid guid) && (value = guid) is not null ? value : null,
            },
        };

    public static double? ToReal(object? value) =>
        value switch
        {
            long number => number,
            double number => number,
            decimal number => (double)number,
            bool flag => flag ? 1 : 0,
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
            _ => null,
        };

    private static bool? ToBool(object value) =>
        value switch
        {
            bool flag => flag,
            long number => number != 0,
            double number => number != 0,
            string text when text.Equals("true", StringComparison.OrdinalIgnoreCase) || text == "1" => true,
            string text when text.Equals("false", StringComparison.OrdinalIgnoreCase) || text == "0" => false,
            _ => null,
        };

    private static long? ToLong(object value) =>
        value switch
        {
            long number => number,
            double number when Math.Abs(number) < long.MaxValue => (long)number,
            decimal number => (long)number,
            bool flag => flag ? 1 : 0,
            DateTime time => time.Ticks,
            TimeSpan duration => duration.Ticks,
            string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
            _ => null,
        };

    private static decimal? ToDecimal(object value) =>
        value switch
        {
            long number => number,
            double number => (decimal)number,
            decimal number => number,
            string text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) => number,
            _ => null,
        };

    private static DateTime? ToDateTime(object value) =>
        value switch
        {
            DateTime time => time,
            long ticks when ticks >= 0 && ticks <= DateTime.MaxValue.Ticks => new DateTime(ticks, DateTimeKind.Utc),
            string text => KustoText.ToDateTime(text),
            _ => null,
        };

    private static TimeSpan? ToTimeSpan(object value) =>
        value switch
        {
            TimeSpan duration => duration,
            long ticks => TimeSpan.FromTicks(ticks),
            string text => KustoText.ToTimeSpan(text),
            _ => null,
        };
}
