using System.Globalization;

namespace IotHubDsr.Core.Topology;

/// <summary>What holds for every device, and who has to do what, in locations that no sink reads.</summary>
internal static class LocationAdvice
{
    /// <summary>
    /// Gives a location the verdict and the advice for the case that no sink reads its kind. A sink replaces both: nothing that a sink
    /// needs is only in the advice.
    /// </summary>
    public static LocationDraft ForNoSink(PlaceDescription kind, LocationDraft location)
    {
        string advice = kind.Advice.Replace("{retention}", Retention(location.Retention), StringComparison.Ordinal);
        return location with
        {
            Verdict = location.Verdict ?? kind.Verdict,
            Advice = location.Advice is { } particular ? $"{advice} {particular}" : advice,
        };
    }

    private static string Retention(TimeSpan? retention) =>
        retention switch
        {
            null => "after a time that its owner knows",
            { TotalDays: >= 1 } days => string.Create(
                CultureInfo.InvariantCulture,
                $"after {days.TotalDays:0.#} {(days.TotalDays == 1 ? "day" : "days")}"
            ),
            { TotalHours: >= 1 } hours => string.Create(
                CultureInfo.InvariantCulture,
                $"after {hours.TotalHours:0.#} {(hours.TotalHours == 1 ? "hour" : "hours")}"
            ),
            { } minutes => string.Create(CultureInfo.InvariantCulture, $"after {minutes.TotalMinutes:0.#} minutes"),
        };
}
