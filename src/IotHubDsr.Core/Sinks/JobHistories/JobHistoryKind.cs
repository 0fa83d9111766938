using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.JobHistories;

/// <summary>History of the hub's scheduled jobs.</summary>
internal sealed class JobHistoryKind : ISinkKind, IHubPlaces
{
    public const string Name = "JobHistory";

    public PlaceDescription Description { get; } =
        new(Name, Position: 40, "History of the hub's scheduled jobs.")
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub,
            Verdict = Verdict.Expiring,
            Advice =
                "The service has no call that deletes a job from the history. A job that names the device in its condition "
                + "leaves {retention}.",
        };

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken)
    {
        const string why = "a job's condition can name a device; the history of jobs is kept for 30 days";
        if (!hub.IsBasic)
            locations.Add(HubDiscovery.Kept(Name, hub.Name, hub.ResourceId.ToString(), why) with { Retention = Kept });
        return Task.CompletedTask;
    }
}
