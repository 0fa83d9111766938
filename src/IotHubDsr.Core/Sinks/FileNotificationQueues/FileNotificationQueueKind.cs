using System.Text.Json;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.FileNotificationQueues;

/// <summary>File upload notifications, in a queue shared by the whole hub.</summary>
internal sealed class FileNotificationQueueKind : ISinkKind, IHubPlaces
{
    public const string Name = "FileNotificationQueue";

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

    public Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken)
    {
        // An unreadable value counts as enabled; a missing one is the service's default, which is not.
        bool isEnabled =
            hub.Properties.Prop("enableFileUploadNotifications") is not null
            && ((JsonElement?)hub.Properties).Flag("enableFileUploadNotifications", otherwise: true);
        if (isEnabled)
        {
            string? kept = hub.Properties.Prop("messagingEndpoints").Prop("fileNotifications").Text("ttlAsIso8601");
            const string why = "file upload notifications are enabled; each names its device and blob";
            locations.Add(
                HubDiscovery.Kept(Name, hub.Name, hub.ResourceId.ToString(), why) with
                {
                    Retention = HubDiscovery.Duration(kept) ?? Longest,
                }
            );
        }

        return Task.CompletedTask;
    }
}
