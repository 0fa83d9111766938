using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks;

/// <summary>Every kind of place that there is. They are found by reflection: adding one takes its folder, and nothing here.</summary>
internal sealed class SinkCatalogue
{
    /// <summary>In the namespace of every kind.</summary>
    private const string Folder = ".Sinks.";

    private readonly ISinkKind[] _kinds;

    /// <param name="assemblies">Where kinds are looked for.</param>
    public SinkCatalogue(params Assembly[] assemblies)
    {
        _kinds =
        [
            .. assemblies
                .SelectMany(TypesOf)
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

    /// <summary>
    /// The types in folders of sinks. Others are not looked at: that would load what they derive from, and with it packages that few commands
    /// need.
    /// </summary>
    private static List<Type> TypesOf(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        List<Type> types = [];
        foreach (TypeDefinition type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
        {
            string folder = metadata.GetString(type.Namespace);
            if (type.GetDeclaringType().IsNil && folder.Contains(Folder, StringComparison.Ordinal))
                types.Add(assembly.GetType($"{folder}.{metadata.GetString(type.Name)}", throwOnError: true)!);
        }

        return types;
    }

    /// <summary>The sinks that there are, for one connection.</summary>
    public IReadOnlyList<Sink> Open(HubClient hub, AzureAccess access, TimeProvider time)
    {
        var services = new SinkServices(hub, new BlobContainers(access, time), time, access);
        return [.. _kinds.Select(kind => kind.Open(services)).OfType<Sink>()];
    }
}
