using System.Text.Json;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.FileNotificationQueues;

/// <summary>File upload notifications, in a queue shared by the whole hub.</summary>
internal sealed class FileNotificationQueueKind : ISinkKind, IServicePlaces
{
    public const string Name = "FileNotificationQueue";

    private const string Switch = "enableFileUploadNotifications";

    public PlaceDescription Description { get; } =
        new(Name, Position: 60, "File upload notifications, in a queue shared by the whole hub.")
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub,
            Verdict = Verdict.Expiring,
            Advice =
                "The queue is shared by the whole hub and must not be drained for one device. Notifications leave {retention}, "
                + "or when the back end receives them: ask its owner what it keeps.",
        };

    /// <summary>Bound of the service: what cannot be read is taken to be kept that long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    public LocationDraft Of(string hubName, string? resourceId) =>
        Of(hubName, resourceId, Longest, "file upload notifications may be enabled; each names its device and blob");

    /// <summary>An unreadable value counts as enabled; a missing one is the service's default, which is not.</summary>
    public LocationDraft? Of(HubDescription hub) =>
        hub.Properties.Prop(Switch) is not null && ((JsonElement?)hub.Properties).Flag(Switch, otherwise: true)
            ? Of(
                hub.Name,
                hub.ResourceId.ToString(),
                HubDiscovery.Duration(hub.Properties.Prop("messagingEndpoints").Prop("fileNotifications").Text("ttlAsIso8601")) ?? Longest,
                "file upload notifications are enabled; each names its device and blob"
            )
            : null;

    private static LocationDraft Of(string hubName, string? resourceId, TimeSpan kept, string why) =>
        HubDiscovery.Kept(Name, hubName, resourceId, why) with
        {
            Retention = kept,
        };
}
