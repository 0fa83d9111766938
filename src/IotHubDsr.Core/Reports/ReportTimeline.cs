using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Reports;

/// <summary>A point of a request's timeline.</summary>
/// <param name="At">When.</param>
/// <param name="What">What happened or is due.</param>
/// <param name="Detail">What else is to be said.</param>
/// <param name="Milestone">Label in the picture; null for a point that only has a number there.</param>
internal sealed record TimelineEntry(DateTimeOffset At, string What, string? Detail = null, string? Milestone = null);

/// <summary>Joins what happened with what is due: the answer, the reviews of holds, the closing of locations.</summary>
internal static class ReportTimeline
{
    private const int MaxEvents = 100;
    private const int MaxPlaces = 6;

    public static IReadOnlyList<TimelineEntry> Of(ReportFacts facts)
    {
        ReportModel model = facts.Model;

        // What the journal tells happened before, by whichever clock it was timed.
        DateTimeOffset written = model.Events.Select(static happened => happened.At).Append(model.WrittenAt).Max();
        List<TimelineEntry> entries =
        [
            new(model.ReceivedAt, "Request received", "The time limits start here.", "Received"),
            new(
                model.DueAt,
                model.Extension is null ? "Answer due" : "Answer due without the extension",
                "One month after receipt (GDPR, Article 12(3)).",
                "Due"
            ),
        ];
        if (model.Extension is { } extension)
            entries.Add(new TimelineEntry(extension.Until, "Answer due, extended", extension.Reason, "Extended due date"));
        entries.AddRange(Events(model.Events));

        // After what happened at the same time: the order of entries of one time is that in which they are added.
        entries.Add(new TimelineEntry(written, "This report written", null, "This report"));
        entries.AddRange(
            model
                .Holds.GroupBy(static hold => hold.ReviewAt)
                .Select(static reviews => new TimelineEntry(
                    reviews.Key,
                    $"Review of {Counted.Of(reviews.Count(), "hold")}",
                    Places(reviews.Select(static hold => hold.LocationId))
                ))
        );
        entries.AddRange(
            facts
                .Locations.Where(static location => location.Until is not null && !location.IsSettled)
                .GroupBy(static location => (location.Verdict, Day: location.Until!.Value.UtcDateTime.Date))
                .Select(static closing => new TimelineEntry(
                    closing.Max(static location => location.Until!.Value),
                    $"{closing.Key.Verdict} ends in {Counted.Of(closing.Count(), "location")}: read again after that",
                    Places(closing.Select(static location => location.Location.Place))
                ))
        );
        return [.. entries.OrderBy(static entry => entry.At.UtcTicks)];
    }

    private static IEnumerable<TimelineEntry> Events(IReadOnlyList<ReportEvent> events)
    {
        ReportEvent[] ordered = [.. events.OrderBy(static happened => happened.At.UtcTicks)];
        int left = Math.Max(0, ordered.Length - MaxEvents);
        foreach (ReportEvent happened in ordered.Skip(left))
            yield return new TimelineEntry(happened.At, happened.What, happened.Detail);
        if (left > 0)
            yield return new TimelineEntry(ordered[left - 1].At, $"{Counted.Of(left, "earlier event")}", "See the journal of the request.");
    }

    private static string Places(IEnumerable<string> places)
    {
        string[] all = [.. places.Distinct(StringComparer.Ordinal)];
        string shown = string.Join(", ", all.Take(MaxPlaces));
        return all.Length <= MaxPlaces ? shown : $"{shown} and {all.Length - MaxPlaces} more";
    }
}
