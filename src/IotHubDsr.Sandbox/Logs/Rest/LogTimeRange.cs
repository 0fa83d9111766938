using System.Diagnostics.CodeAnalysis;
using System.Xml;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Logs.Rest;

/// <summary>The time range of a request, which holds beside all conditions of its query.</summary>
internal sealed record LogTimeRange(DateTimeOffset From, DateTimeOffset To)
{
    public static readonly LogTimeRange All = new(DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    /// <summary>A duration up to now, or an interval of two times or of a time and a duration, in the forms of ISO 8601.</summary>
    public static bool TryParse(string text, DateTimeOffset now, [NotNullWhen(true)] out LogTimeRange? range)
    {
        range = text.Split('/') switch
        {
            [var duration] when Duration(duration) is { } length => new(now - length, now),
            [var start, var end] when Time(start) is { } from && Time(end) is { } to => new(from, to),
            [var start, var duration] when Time(start) is { } from && Duration(duration) is { } length => new(from, from + length),
            [var duration, var end] when Duration(duration) is { } length && Time(end) is { } to => new(to - length, to),
            _ => null,
        };
        return range is not null;
    }

    private static DateTimeOffset? Time(string text) => KustoText.ToDateTime(text) is { } time ? new DateTimeOffset(time) : null;

    private static TimeSpan? Duration(string text)
    {
        try
        {
            return text.StartsWith('P') ? XmlConvert.ToTimeSpan(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
