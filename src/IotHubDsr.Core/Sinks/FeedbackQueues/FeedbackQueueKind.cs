using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.FeedbackQueues;

/// <summary>Feedback about cloud-to-device messages, in a queue shared by the whole hub.</summary>
internal sealed class FeedbackQueueKind : ISinkKind, IServicePlaces
{
    public const string Name = "FeedbackQueue";

    public PlaceDescription Description { get; } =
        new(Name, Position: 30, "Feedback about cloud-to-device messages, in a queue shared by the whole hub.")
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub,
            Verdict = Verdict.Expiring,
            Advice =
                "The queue is shared by the whole hub and must not be drained for one device. Feedback leaves {retention}, or "
                + "when the back end receives it: ask its owner what it keeps.",
        };

    /// <summary>Bound of the service: what cannot be read is taken to be kept that long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    public bool NeedsTwins => true;

    public LocationDraft Of(string hubName, string? resourceId) => Of(hubName, resourceId, Longest);

    public LocationDraft? Of(HubDescription hub) =>
        Of(
            hub.Name,
            hub.ResourceId.ToString(),
            HubDiscovery.Duration(hub.Properties.Prop("cloudToDevice").Prop("feedback").Text("ttlAsIso8601")) ?? Longest
        );

    private static LocationDraft Of(string hubName, string? resourceId, TimeSpan kept) =>
        HubDiscovery.Kept(Name, hubName, resourceId, "feedback about cloud-to-device messages names their device") with
        {
            Retention = kept,
            RecordsDeletion = true,
        };
}
