using System.Reflection;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks;

/// <summary>Every kind of place that there is. They are found by reflection: adding one takes its folder, and nothing here.</summary>
internal sealed class SinkCatalogue
{
    private readonly ISinkKind[] _kinds;

    /// <param name="assemblies">Where kinds are looked for.</param>
    public SinkCatalogue(params Assembly[] assemblies)
    {
        _kinds =
        [
            .. assemblies
                .SelectMany(static assembly => assembly.GetTypes())
                .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ISinkKind)))
                .Select(static type => (ISinkKind)Activator.CreateInstance(type)!)
                .OrderBy(static kind => kind.Description.Position),
        ];
        Kinds = new PlaceKinds(_kinds.Select(static kind => kind.Description));
        Sources = [.. _kinds.OfType<IPlaceSource>()];
    }

    /// <summary>The kinds of this module.</summary>
    public static SinkCatalogue OfModule { get; } = new(typeof(SinkCatalogue).Assembly);

    public PlaceKinds Kinds { get; }

    /// <summary>What leads to places of the kinds, in their order.</summary>
    public IReadOnlyList<IPlaceSource> Sources { get; }

    /// <summary>Whether a kind has a trait. Of a kind that another version knew nothing is known.</summary>
    public static bool Has(string? kind, PlaceTraits trait) => kind is not null && OfModule.Kinds.Of(kind).Is(trait);

    /// <inheritdoc cref="PlaceDescription.LeftToOperator" />
    public static string? LeftToOperator(string kind) => OfModule.Kinds.Of(kind).LeftToOperator;

    /// <summary>The sinks that there are, for one connection.</summary>
    public IReadOnlyList<Sink> Open(HubClient hub, AzureAccess access, TimeProvider time)
    {
        var services = new SinkServices(hub, new BlobContainers(access, time), time, access);
        return [.. _kinds.Select(kind => kind.Open(services)).OfType<Sink>()];
    }
}
