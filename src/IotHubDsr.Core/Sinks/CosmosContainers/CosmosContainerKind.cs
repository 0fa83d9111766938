using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>Cosmos DB container.</summary>
internal sealed class CosmosContainerKind : ISinkKind, IEndpointPlaces
{
    public const string Name = "CosmosContainer";

    public PlaceDescription Description { get; } =
        new(Name, Position: 140, "Cosmos DB container.")
        {
            Traits = PlaceTraits.HasCase | PlaceTraits.MayBeDedicated,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read Cosmos DB. The owner of the account deletes the documents whose SystemProperties "
                + "name the device; backups and the analytical store can hold copies.",
        };

    /// <summary>Previews before the present name called containers collections.</summary>
    public IReadOnlyCollection<string> EndpointKinds { get; } = ["cosmosDBSqlContainers", "cosmosDBSqlCollections"];

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
        return Task.FromResult(
            account is null || database is null || container is null
                ? null
                : LocationDraft.Of(
                    Name,
                    $"{account}/{database}/{container}",
                    ServiceAddress.ResourceId(endpoint, $"Microsoft.DocumentDB/databaseAccounts/{account}")
                )
        );
    }
}
