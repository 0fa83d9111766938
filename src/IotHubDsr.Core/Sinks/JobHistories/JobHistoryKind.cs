using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.JobHistories;

/// <summary>History of the hub's scheduled jobs.</summary>
internal sealed class JobHistoryKind : ISinkKind, IServicePlaces
{
    public const string Name = "JobHistory";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 40,
            "What the hub's jobs did to a device, and the jobs that name it in their ID, condition, twin update or method call. Nothing "
                + "deletes from the history: it leaves after 30 days. The export has no keys or signatures."
        )
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = Narrowing.Mentioned,
            Reading =
                "All jobs of the history were listed and searched for each device, and the hub was queried for what they did to devices.",
            LeftToOperator = "The hub's operator cancels jobs that have not ended; the service lets go of a job 30 days after its end.",
            Verdict = Verdict.Expiring,
            Advice =
                "The service has no call that deletes a job from the history. A job that names the device in its condition "
                + "leaves {retention}.",
        };

    /// <summary>How long the service keeps a job.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Results of queries can lag behind by this much.</summary>
    private static readonly TimeSpan QueryLag = TimeSpan.FromMinutes(30);

    public Sink Open(SinkServices services) => Sink.Of(Description, new JobHistorySink(services.Hub));

    public bool NeedsTwins => true;

    public LocationDraft Of(string hubName, string? resourceId) =>
        HubDiscovery.Kept(
            Name,
            hubName,
            resourceId,
            "jobs leave a record of each device, and can name devices; their history is kept for 30 days"
        ) with
        {
            Retention = Kept,
            FlushTime = QueryLag,
        };
}
