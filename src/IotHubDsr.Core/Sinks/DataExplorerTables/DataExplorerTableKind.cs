using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>Tables of Data Explorer that data connections fill from the hub, or from what it routes to. Erased by purges.</summary>
internal sealed class DataExplorerTableKind : ISinkKind, IOnwardPlaces, IGroupReaders, IOutputPlaces
{
    public const string Name = "DataExplorerTable";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 225,
            "Tables of Azure Data Explorer that data connections fill from the hub, or from places that it routes to. Rows are the "
                + "device's where an ingestion mapping takes the device ID into a column. Erased by purges, which take up to 30 days."
        )
        {
            Traits = PlaceTraits.HasCase | PlaceTraits.MayBeDedicated | PlaceTraits.LeavesHubOpen | PlaceTraits.NamesDeviceInColumn,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = Narrowing.Generation | Narrowing.Time,
            Method =
                "Purges of the rows were ordered in two steps, the second only after the service had counted what was read and planned. A "
                + "purge that is completed has hidden its rows from queries; the service then cleans its storage within 30 days.",
            Reading = TableScan.HowRead,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the database looks for rows with the device ID, and purges them; materialised "
                + "views, and tables that update policies fill, can hold copies.",
        };

    public string Part => "data connections of Data Explorer";

    public Sink Open(SinkServices services) =>
        Sink.Of(Description, new DataExplorerTableSink(services.Access, services.HubName, services.Time));

    public IReadOnlyCollection<string> DatasourceTypes { get; } = ["Microsoft.Kusto/clusters/databases"];

    /// <summary>A job names a cluster by its address.</summary>
    public async Task<LocationDraft?> PlaceOfAsync(
        JobOutputFacts output,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        ConsumerListing consumers = await context.Consumers.ListAsync(hub, cancellationToken);
        if (
            !Uri.TryCreate(output.Properties.Text("cluster"), UriKind.Absolute, out Uri? address)
            || output.Properties.Text("database") is not { } database
            || output.Properties.Text("table") is not { } table
            || consumers
                .Of("Microsoft.Kusto", "clusters")
                .FirstOrDefault(cluster =>
                    Uri.TryCreate(cluster.Properties.Text("uri"), UriKind.Absolute, out Uri? uri)
                    && uri.IdnHost.Equals(address.IdnHost, StringComparison.OrdinalIgnoreCase)
                )
                is not { Id: var id }
            || !ArmId.TryParse($"{id}/databases/{database}", out ArmId? resource)
        )
        {
            return null;
        }

        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (output.Column is { } column)
            settings[LocationSettings.DeviceIdColumn] = column;
        return LocationDraft.Of(Name, $"{id.Name}/{database}/{table}", resource.ToString(), settings);
    }

    public Task<IReadOnlyList<GroupUse>> ListAsync(HubDescription hub, DiscoveryContext context, CancellationToken cancellationToken) =>
        new ConnectionDiscovery([], hub, context).GroupsAsync(cancellationToken);

    public Task AddAsync(
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    ) => new ConnectionDiscovery(found, hub, context).AddAsync(locations, cancellationToken);
}
