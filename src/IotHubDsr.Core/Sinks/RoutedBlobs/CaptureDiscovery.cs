using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.RoutedBlobs;

/// <summary>
/// Containers that Event Hubs Capture copies event hubs to, whether routes, Event Grid or logs lead to those. The names of its blobs hold no
/// hub: whose they are is for the operator to say.
/// </summary>
internal sealed class CaptureDiscovery(DiscoveryContext context, HubDescription hub)
{
    private const string ToBlobs = "EventHubArchive.AzureBlockBlob";
    private const int DefaultIntervalSeconds = 300;
    private const int LongestIntervalSeconds = 900;

    public async Task AddAsync(IReadOnlyList<LocationDraft> found, LocationSet locations, CancellationToken cancellationToken)
    {
        IEnumerable<ArmId> eventHubs = found
            .Select(static location => EventHubResource.IdOf(location.ResourceId))
            .OfType<ArmId>()
            .DistinctBy(static id => id.ToString(), StringComparer.OrdinalIgnoreCase);
        foreach (LocationSet captures in await Task.WhenAll(eventHubs.Select(id => OfAsync(id, cancellationToken))))
            locations.Add(captures);
    }

    private async Task<LocationSet> OfAsync(ArmId id, CancellationToken cancellationToken)
    {
        var captures = new LocationSet();
        try
        {
            JsonElement described = await context.Resources.GetAsync(EventHubResource.CallOf(id), cancellationToken);
            if (described.Prop("properties").Prop("captureDescription") is { } capture)
                await AddAsync(id, capture, captures, cancellationToken);
        }
        catch (DsrException unread) when (unread.Fault.Id == FaultCatalogue.LocationMissing.Id)
        {
            // Where the event hub is gone nobody knows of its captures; the place of the event hub says so.
        }
        catch (DsrException unread)
        {
            captures.AddUnread($"Capture of the event hub {id.Name}", unread.Fault);
        }

        return captures;
    }

    private async Task AddAsync(ArmId id, JsonElement? capture, LocationSet locations, CancellationToken cancellationToken)
    {
        bool isOn = capture.Flag("enabled", otherwise: true);
        JsonElement? destination = capture.Prop("destination");
        JsonElement? properties = destination.Prop("properties");
        string? account = properties.Text("storageAccountResourceId");
        string name = $"{id.NameOf("namespaces")?.ToLowerInvariant()}/{id.Name}";
        if (destination is not { ValueKind: JsonValueKind.Object } && !isOn)
            return;
        string why = isOn
            ? $"Capture of the event hub {name}"
            : $"Capture of the event hub {name}, which is off: earlier files can be there";
        bool isOfBlobs = string.Equals(destination.Text("name"), ToBlobs, StringComparison.OrdinalIgnoreCase);
        ContainerAddress? address = isOfBlobs
            ? await context.Accounts.FindAsync(account, properties.Text("blobContainer"), cancellationToken)
            : null;
        if (address is null)
        {
            locations.AddUnknown($"captures of {name}", $"{why}: its destination is not of a form that this version can read");
            return;
        }

        long interval = Math.Clamp(capture.Number("intervalInSeconds") ?? DefaultIntervalSeconds, 0, LongestIntervalSeconds);
        Dictionary<string, string> settings = address.Settings;
        settings[LocationSettings.HubName] = hub.Name;
        locations.Add(
            new LocationDraft
            {
                Kind = RoutedBlobKind.Name,
                Place = address.Place,
                ResourceId = address.AccountId ?? account,
                Ways = [DataWay.Remark(why)],
                RecordsDeletion = false,
                FlushTime = TimeSpan.FromSeconds(2 * interval),
                Inflow = isOn ? LocationInflow.Open : LocationInflow.Closed,
                Settings = settings,
            }
        );
    }
}
