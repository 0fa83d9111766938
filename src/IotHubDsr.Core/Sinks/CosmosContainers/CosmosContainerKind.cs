using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>Cosmos DB containers that routes write to, a document for each message. Erased by deleting those of the device.</summary>
internal sealed class CosmosContainerKind : ISinkKind, IEndpointPlaces
{
    public const string Name = "CosmosContainer";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 140,
            "Cosmos DB containers that routes write to, a document for each message. Erased by deleting those of the device."
        )
        {
            Traits = PlaceTraits.HasCase | PlaceTraits.MayBeDedicated | PlaceTraits.LeavesHubOpen,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = Narrowing.Generation | Narrowing.Time | Narrowing.Mentioned,
            Method =
                "The documents were deleted by their IDs and partition keys under the ETags that were read; no other document was changed.",
            Reading = DocumentScan.HowRead,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the account deletes the documents whose SystemProperties name the device; "
                + "backups and the analytical store can hold copies.",
        };

    /// <summary>Previews before the present name called containers collections.</summary>
    public IReadOnlyCollection<string> EndpointKinds { get; } = ["cosmosDBSqlContainers", "cosmosDBSqlCollections"];

    public Sink Open(SinkServices services) =>
        Sink.Of(Description, new CosmosContainerSink(services.Access, services.HubName, services.Time));

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        string? account = ServiceAddress.FirstLabel(
            endpoint.Body.Text("endpointUri") ?? endpoint.Connection.GetValueOrDefault("AccountEndpoint")
        );
        string? database = endpoint.Body.Text("databaseName");
        string? container = endpoint.Body.Text("containerName") ?? endpoint.Body.Text("collectionName");
        if (account is null || database is null || container is null)
            return Task.FromResult<LocationDraft?>(null);
        var place = LocationDraft.Of(
            Name,
            $"{account}/{database}/{container}",
            ServiceAddress.ResourceId(endpoint, $"Microsoft.DocumentDB/databaseAccounts/{account}"),
            KeyTemplate.SettingsOf(endpoint.Body)
        );
        return Task.FromResult<LocationDraft?>(place with { FlushTime = RoutingEndpoint.Delay });
    }
}
