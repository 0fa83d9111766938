using System.Text.Json;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.World;

/// <summary>A container of Cosmos DB as a routing endpoint: each message becomes a document.</summary>
internal sealed class CosmosTarget(CosmosStore store, CosmosEndpoint endpoint) : IMessageTarget
{
    public string Endpoint => endpoint.Name;

    public CosmosContainer Container =>
        store
            .GetOrAddAccount(endpoint.Account)
            .GetOrAddDatabase(endpoint.Database)
            .GetOrAddContainer(endpoint.Container, new(new PartitionKeyDefinition([$"/{endpoint.PartitionKeyName}"])) { RangeCount = 2 });

    public void Accept(RoutedMessage message) => Add(message, Guid.NewGuid().ToString());

    /// <summary>Adds the document of a message whose ID and form are given.</summary>
    public void Add(RoutedMessage message, string id, SystemPropertyNames names = SystemPropertyNames.Prefixed, string? moduleId = null)
    {
        JsonElement document = RoutedDocument.Write(message, endpoint, id, names, moduleId);
        CosmosContainer container = Container;
        lock (container.Gate)
            container.Put(document, id, container.Options.PartitionKey.ValueIn(document), replaced: null);
    }
}
