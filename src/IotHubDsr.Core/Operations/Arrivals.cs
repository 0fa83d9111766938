using System.Globalization;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// What can still arrive in a location where nothing is left: the device's last messages, the hub's own record of its deletion, what a
/// closed way still holds, what the hub queues for an endpoint that it cannot reach. Until then no verdict is final.
/// </summary>
/// <param name="state">What the journal says, the registry's reading of this run included.</param>
/// <param name="windowEnd">The end of the window of time that the request is narrowed to; null when there is none.</param>
/// <param name="now">The time by the services; null if unknown, and then nothing is over.</param>
/// <param name="isConfigured">Whether the hub's configuration tells how long messages take to a location.</param>
internal sealed class Arrivals(RequestState state, DateTimeOffset? windowEnd, DateTimeOffset? now, Func<DataLocation, bool> isConfigured)
{
    /// <summary>How long the hub is taken to try again when an endpoint fails; it does not say.</summary>
    private static readonly TimeSpan LongestQueue = TimeSpan.FromDays(1);

    private readonly Dictionary<string, Verdict?> _registered = [];

    /// <summary>The verdict as long as something can arrive, for the step's subject; null when nothing can any more.</summary>
    public Settlement? PendingOf(DataLocation location, string subject)
    {
        if ((location.FlushTime ?? (isConfigured(location) ? null : LongestQueue)) is not { } flushTime)
            return null;
        DateTimeOffset present = now ?? state.LatestAt;
        if (location.Inflow == LocationInflow.Queued)
        {
            return Pending(
                present + (flushTime > LongestQueue ? flushTime : LongestQueue),
                "what the hub holds for this endpoint, which is unhealthy or does not report its health,"
            );
        }

        LocationState seen = state.Of(location.Id);
        DateTimeOffset? last = windowEnd ?? state.GoneAt(subject);
        string what =
            windowEnd is not null ? "what the hub accepts before the end of the window"
            : location.RecordsDeletion ? "the hub's record of the device's deletion"
            : "what the hub accepted or allowed before the deletion";
        if (last is null && !IsRegistered(subject))
            (last, what) = (present, "it is unknown whether the device still exists, and what it sends");
        else if (last is null && location.Inflow != LocationInflow.Closed)
            (last, what) = (state.PlannedAt, "what the hub accepted before the plan was made");
        if (location.Inflow == LocationInflow.Closed && !(last < (seen.ClosedSince ?? present)))
            (last, what) = (seen.ClosedSince ?? present, "what arrived before its route or setting was found closed");
        if (last is { } known && seen.QueuedAt > known)
            (last, what) = (seen.QueuedAt, "what the hub held while the endpoint was unhealthy");
        return last + flushTime is { } until && !(until <= now) ? Pending(until, what) : null;
    }

    /// <summary>Whether the registry was read and has the device: it goes on sending, and its verdict there says so.</summary>
    private bool IsRegistered(string subject)
    {
        if (!_registered.TryGetValue(subject, out Verdict? verdict))
        {
            _registered[subject] = verdict = state
                .Locations.Values.Where(location => SinkCatalogue.Has(location.Planned?.Kind, PlaceTraits.HoldsIdentity))
                .Max(location => location.Of(subject).Verdict);
        }

        return verdict is not (null or Verdict.Unreachable or Verdict.Unknown);
    }

    private static Settlement Pending(DateTimeOffset until, string what) =>
        new(
            Verdict.ErasurePending,
            until,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Nothing is left now, but {what} can still arrive here by {until:u}; run Resume-IotDataRequest after that."
            )
        );
}
