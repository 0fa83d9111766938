using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Kusto.Values;

/// <summary>Values as text, and text as values.</summary>
internal static class KustoText
{
    private static readonly JsonSerializerOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] s_dateForms =
    [
        "yyyy-MM-dd",
        "yyyy-MM-ddTHH:mm",
        "yyyy-MM-dd HH:mm",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
        "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-ddTHH:mmK",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>As tostring() does: null is the empty text, a dynamic is its JSON or, when that is a text, the text itself.</summary>
    public static string Of(object? value) =>
        value switch
        {
            null => "",
            string text => text,
            bool flag => flag ? "true" : "false",
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => Of(number),
            decimal number => number.ToString(CultureInfo.InvariantCulture),
            DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture),
            TimeSpan duration => Of(duration),
            Guid id => id.ToString("D"),
            JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => scalar.GetValue<string>(),
            JsonNode json => json.ToJsonString(s_unescaped),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };

    /// <summary>The JSON of a dynamic value as answers have it.</summary>
    public static string Json(JsonNode value) => value.ToJsonString(s_unescaped);

    public static string Of(TimeSpan duration) =>
        duration.ToString(
            (duration.Days == 0 ? "" : "d\\.") + "hh\\:mm\\:ss" + (duration.Ticks % TimeSpan.TicksPerSecond == 0 ? "" : "\\.fffffff"),
            null
        )
            is var text
        && duration < TimeSpan.Zero
            ? "-" + text
            : text;

    /// <summary>The content of a datetime literal, or a text that is converted to one; always UTC.</summary>
    public static DateTime? ToDateTime(string text) =>
        DateTime.TryParseExact(
            text.Trim(),
            s_dateForms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTime time
        )
        || DateTime.TryParse(
            text.Trim(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time
        )
            ? time
            : null;

    /// <summary>Only the forms of ISO 8601, with a date and a time.</summary>
    public static DateTime? ToIsoDateTime(string text) =>
        text.Length >= "2000-01-01T00:00".Length
        && text[10] == 'T'
        && DateTime.TryParseExact(
            text,
            s_dateForms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTime time
        )
            ? time
            : null;

    /// <summary>A duration as <c>[-][d.]hh:mm:ss[.fffffff]</c>, or as a number with a unit.</summary>
    public static TimeSpan? ToTimeSpan(string text)
    {
        string trimmed = text.Trim();
        bool hasColon = trimmed.Contains(':', StringComparison.Ordinal);
        if (hasColon && TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out TimeSpan duration))
            return duration;

        int unit = trimmed.Length;
        while (unit > 0 && char.IsAsciiLetter(trimmed[unit - 1]))
            unit--;

        return
            double.TryParse(trimmed[..unit], NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && TicksOf(unit == trimmed.Length ? "d" : trimmed[unit..]) is { } ticks
            ? TimeSpan.FromTicks((long)(number * ticks))
            : null;
    }

    public static long? TicksOf(string unit) =>
        unit switch
        {
            "d" or "day" or "days" => TimeSpan.TicksPerDay,
            "h" or "hr" or "hrs" or "hour" or "hours" => TimeSpan.TicksPerHour,
            "m" or "min" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
            "s" or "sec" or "second" or "seconds" => TimeSpan.TicksPerSecond,
            "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
            "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
            "tick" or "ticks" => 1,
            _ => null,
        };

    private static string Of(double number) =>
        double.IsNaN(number) ? "NaN"
        : double.IsInfinity(number) ? (number > 0 ? "∞" : "-∞")
        : number == Math.Floor(number) && Math.Abs(number) < 1e15 ? number.ToString("F1", CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture);
}
