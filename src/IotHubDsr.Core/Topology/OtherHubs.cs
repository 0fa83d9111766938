using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// What the other hubs that the account can see write to containers: names of uploaded files hold no hub, documents need not name it, and
/// device IDs are unique only within one. Hubs of subscriptions that the account cannot see remain unknown.
/// </summary>
internal sealed class OtherHubs
{
    private readonly List<HubWriter> _writers = [];
    private readonly List<string> _unread = [];

    private OtherHubs() { }

    /// <summary>Where no hub can be listed, as with a connection string alone.</summary>
    public static OtherHubs Unknown(string why)
    {
        var none = new OtherHubs();
        none._unread.Add(why);
        return none;
    }

    /// <summary>Lists the hubs of all subscriptions once. What cannot be read is a doubt about every upload container.</summary>
    public static async Task<OtherHubs> ReadAsync(
        ArmReader arm,
        HubDescription hub,
        Subscriptions subscriptions,
        CancellationToken cancellationToken
    )
    {
        var others = new OtherHubs();
        IReadOnlyList<string> visible = [];
        try
        {
            visible = await subscriptions.ListAsync(cancellationToken);
        }
        catch (DsrException exception)
        {
            others._unread.Add(exception.Fault.Message);
        }

        string[] own = [hub.ResourceId.SubscriptionId];
        foreach (string subscription in own.Concat(visible).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                await foreach (
                    JsonElement other in arm.ListAsync(HubResource.ListCall(subscription, resourceGroup: null), cancellationToken)
                )
                {
                    await others.AddAsync(arm, hub, other, cancellationToken);
                }
            }
            catch (DsrException exception)
            {
                others._unread.Add(exception.Fault.Message);
            }
        }

        return others;
    }

    /// <summary>Adds to a location of blobs or documents what other hubs write there.</summary>
    public LocationDraft Mark(PlaceKinds kinds, LocationDraft location)
    {
        PlaceDescription kind = kinds.Of(location.Kind);
        if (!kind.Is(PlaceTraits.MayBeDedicated) || location.Place.Split('/', 2) is not [var account, var container])
            return location;

        HubWriter[] writers = [.. _writers.Where(writer => writer.IsOfDocuments == kind.Is(PlaceTraits.MayLackHubName))];
        HubWriter[] sharers = [.. writers.Where(writer => writer.WritesTo(account, container) == true)];
        string[] doubts =
        [
            .. _unread,
            .. writers
                .Where(writer => writer.WritesTo(account, container) is null)
                .Select(static writer => $"the settings of hub '{writer.HubName}' do not tell which container it writes to."),
        ];
        var settings = new Dictionary<string, string>(location.Settings, StringComparer.Ordinal);
        if (sharers.Length > 0)
        {
            settings[LocationSettings.OtherHubs] = string.Join(
                '\n',
                sharers.Select(static writer => $"{writer.HubName} {writer.FileNameFormat}".TrimEnd()).Distinct(StringComparer.Ordinal)
            );
        }

        if (doubts.Length > 0 && (kind.Is(PlaceTraits.HasDeviceFolders) || kind.Is(PlaceTraits.MayLackHubName)))
            settings[LocationSettings.SharingUnknown] = string.Join(' ', doubts.Distinct(StringComparer.Ordinal));
        return location with
        {
            Settings = settings,
            Ways = [.. location.Ways, .. sharers.Select(WayOf).DistinctBy(static way => way.Sentence, StringComparer.Ordinal)],
        };
    }

    private static DataWay WayOf(HubWriter writer) =>
        new()
        {
            Kind = DataWayKind.OtherHub,
            Name = writer.HubName,
            Note = writer is { FileNameFormat: null, IsOfDocuments: false } ? "lets its devices upload files" : "routes messages",
        };

    private async Task AddAsync(ArmReader arm, HubDescription hub, JsonElement other, CancellationToken cancellationToken)
    {
        if (hub.ResourceId.Names(other.Text("id")))
            return;
        string name = other.Text("name") ?? "without a name";
        JsonElement? properties = other.Prop("properties");
        if (properties is not { ValueKind: JsonValueKind.Object } && ArmId.TryParse(other.Text("id"), out ArmId? id))
        {
            // A listing may be shorter than the resource itself.
            properties = (
                await arm.GetAsync(new ArmCall(id.Path, HubResource.ApiVersion, $"the IoT hub {id.Name}"), cancellationToken)
            ).Prop("properties");
        }

        if (properties is { ValueKind: JsonValueKind.Object } known)
            _writers.AddRange(HubWriter.Of(name, known));
        else
            _unread.Add($"the configuration of hub '{name}' cannot be read.");
    }
}
