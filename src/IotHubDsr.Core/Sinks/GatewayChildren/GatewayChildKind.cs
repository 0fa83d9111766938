using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.GatewayChildren;

/// <summary>Devices that have another device as their gateway: their identities name it, also after it is deleted.</summary>
internal sealed class GatewayChildKind : ISinkKind, IServicePlaces
{
    public const string Name = "GatewayChildren";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 55,
            "Devices whose scopes name the device as their gateway, also after it is deleted. They are other devices: their owner gives "
                + "them another parent."
        )
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub,
            Capabilities = LocationCapabilities.Find,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = Narrowing.Mentioned,
            Reading = "The hub was queried for the scopes of all devices that have one.",
            LeftToOperator = "The hub's operator gives another parent to the devices that have the device as their gateway.",
            Verdict = Verdict.OwnerAction,
            Advice = "The owner of the hub looks for devices that have the device as their parent, and gives them another.",
        };

    /// <summary>Results of queries can lag behind by this much.</summary>
    private static readonly TimeSpan QueryLag = TimeSpan.FromMinutes(30);

    public Sink Open(SinkServices services) => Sink.Of(Description, new GatewayChildSink(services.Hub));

    public bool NeedsTwins => true;

    public LocationDraft Of(string hubName, string? resourceId) =>
        HubDiscovery.Kept(Name, hubName, resourceId, "the scopes of a device name the gateway that it is behind") with
        {
            FlushTime = QueryLag,
        };
}
