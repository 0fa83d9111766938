using System.Globalization;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Reports;

/// <summary>What a report derives from its model, worked out once.</summary>
internal sealed class ReportFacts
{
    public ReportFacts(ReportModel model)
    {
        Model = model;
        Locations = LocationSummary.Of(model);
        Open = [.. Locations.Where(static location => !location.HasOwnerActed)];
        Verdict = Locations.Count == 0 ? Verdict.Unknown : Locations.Max(static location => location.Verdict);
        DeviceCount = model.Devices.Concat(model.Data.Rows.Select(static row => row.DeviceId)).Distinct(StringComparer.Ordinal).Count();
        Timeline = ReportTimeline.Of(this);
    }

    public ReportModel Model { get; }

    /// <summary>The locations in the order of the model.</summary>
    public IReadOnlyList<LocationSummary> Locations { get; }

    /// <summary>Those without the locations whose owner has acted.</summary>
    public IReadOnlyList<LocationSummary> Open { get; }

    /// <summary>The worst verdict of all; <see cref="Verdict.Unknown"/> when there is no location.</summary>
    public Verdict Verdict { get; }

    public int DeviceCount { get; }

    public IReadOnlyList<TimelineEntry> Timeline { get; }

    /// <summary>Whether columns about an export have something to say.</summary>
    public bool HasExport =>
        Model.Kind != ReportKind.Erasure
        || Locations.Any(static location => location.Included + location.Withheld + location.Unreachable > 0);

    public bool HasErasure => Model.Kind == ReportKind.Erasure;

    public DateTimeOffset AnswerBy => Model.Extension?.Until ?? Model.DueAt;

    /// <summary>How many of <see cref="Open"/> have such a verdict.</summary>
    public int Count(Func<Verdict, bool> which) => Open.Count(location => which(location.Verdict));
}

/// <summary>Instants as a report writes them: in UTC, in words that read the same everywhere.</summary>
internal static class ReportTime
{
    public static string Day(DateTimeOffset instant) => instant.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    public static string Minute(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Machine(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
