using System.Text.Json;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DeadLetters;

/// <summary>Events that Event Grid could not deliver. Erased by replacing what holds the device.</summary>
internal sealed class DeadLetterKind : ISinkKind, IDeadLetterPlaces
{
    public const string Name = "DeadLetterContainer";

    public PlaceDescription Description { get; } =
        new(Name, Position: 210, "Events that Event Grid could not deliver. Erased by replacing what holds the device.")
        {
            Form = PlaceForm.Container,
            Traits = PlaceTraits.MixesHubs,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            // Most events do not tell which incarnation of a device ID they are about.
            Understands = Narrowing.Time | Narrowing.Mentioned,
            Method =
                "The events were taken out of the blobs under the ETags that were read; events of other devices and of other hubs were kept byte "
                + "for byte.",
            Reading = ArchiveSink.Reading,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the container looks for events of the device in its blobs; one "
                + "blob can hold events of several devices.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new DeadLetterSink(services.Containers, services.Time));

    public async Task AddAsync(
        EventSubscription subscription,
        JsonElement deadLetter,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        string? container = deadLetter.Prop("properties").Text("blobContainerName") ?? deadLetter.Text("blobContainerName");
        string? account = deadLetter.Prop("properties").Text("resourceId") ?? deadLetter.Text("resourceId");
        if (await context.Accounts.FindAsync(account, container, cancellationToken) is not { } address)
        {
            locations.AddUnknown(
                $"dead letters of {subscription.Name}",
                [subscription.To(DataWayKind.DeadLetters, "destination that is not of a form that this version can read")]
            );
            return;
        }

        Dictionary<string, string> settings = address.Settings;
        settings[LocationSettings.HubName] = hub.Name;
        locations.Add(
            new LocationDraft
            {
                Kind = Name,
                Place = address.Place,
                ResourceId = address.AccountId ?? account,
                Ways = [subscription.To(DataWayKind.DeadLetters, $"container '{address.Container}'")],
                RecordsDeletion = subscription.RecordsDeletion,
                FlushTime = subscription.Retries + EventSubscription.DeadLetterDelay,
                Settings = settings,
            }
        );
    }
}
