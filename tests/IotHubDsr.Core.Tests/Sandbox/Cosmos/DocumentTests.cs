using System.Net;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;
using static IotHubDsr.Core.Tests.Sandbox.Cosmos.CosmosSession;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>
/// Operations on documents by Microsoft's client for .NET, against the sandbox and against a server that we did not write.
/// </summary>
public sealed class DocumentTests(OtherCosmosServer other) : IClassFixture<OtherCosmosServer>
{
    private const string Key = "it's 100%/a?b#c-2026-11";

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task Create_ThenRead_GivesTheDocumentBack(string service)
    {
        await using ContainerUnderTest container = await StartAsync(service);

        ItemResponse<JObject> created = await container.Client.CreateItemAsync(Document("one", Key), new PartitionKey(Key));
        ItemResponse<JObject> read = await container.Client.ReadItemAsync<JObject>("one", new PartitionKey(Key));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal((HttpStatusCode.OK, created.ETag), (read.StatusCode, read.ETag));
        Assert.Equal(
            ("one", Key, 1.5),
            (read.Resource.Value<string>("id"), read.Resource.Value<string>("pk"), read.Resource["n"]!.Value<double>())
        );
        Assert.All((string[])["_rid", "_self", "_etag", "_ts"], name => Assert.NotNull(read.Resource[name]));
    }

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task Create_AnIdThatIsTaken_IsAConflict_UnderAnotherKeyItIsNot(string service)
    {
        await using ContainerUnderTest container = await StartAsync(service);
        await container.Client.CreateItemAsync(Document("one", "a"), new PartitionKey("a"));

        await RefusedAsync(HttpStatusCode.Conflict, () => container.Client.CreateItemAsync(Document("one", "a"), new PartitionKey("a")));
        ItemResponse<JObject> second = await container.Client.CreateItemAsync(Document("one", "b"), new PartitionKey("b"));

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
    }

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task Delete_ChecksTheETag_AndThenTheDocumentIsGone(string service)
    {
        await using ContainerUnderTest container = await StartAsync(service);
        ItemResponse<JObject> created = await container.Client.CreateItemAsync(Document("one", "a"), new PartitionKey("a"));
        await container.Client.ReplaceItemAsync(Document("one", "a", 2), "one", new PartitionKey("a"));
        ItemResponse<JObject> changed = await container.Client.ReadItemAsync<JObject>("one", new PartitionKey("a"));

        await RefusedAsync(HttpStatusCode.PreconditionFailed, () => DeleteAsync(container.Client, "one", "a", created.ETag));
        ItemResponse<JObject> deleted = await DeleteAsync(container.Client, "one", "a", changed.ETag);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await RefusedAsync(Missing(service), () => container.Client.ReadItemAsync<JObject>("one", new PartitionKey("a")));
        await RefusedAsync(HttpStatusCode.NotFound, () => DeleteAsync(container.Client, "one", "a", null));
    }

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task Operations_UnderAWrongKey_FindNothing_AndChangeNothing(string service)
    {
        await using ContainerUnderTest container = await StartAsync(service);
        ItemResponse<JObject> created = await container.Client.CreateItemAsync(Document("one", "a"), new PartitionKey("a"));

        await RefusedAsync(Missing(service), () => container.Client.ReadItemAsync<JObject>("one", new PartitionKey("A")));
        await RefusedAsync(HttpStatusCode.NotFound, () => DeleteAsync(container.Client, "one", "A", null));

        Assert.Equal(created.ETag, (await container.Client.ReadItemAsync<JObject>("one", new PartitionKey("a"))).ETag);
    }

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task Replace_OfWhatHasChanged_IsRefused(string service)
    {
        await using ContainerUnderTest container = await StartAsync(service);
        ItemResponse<JObject> created = await container.Client.CreateItemAsync(Document("one", "a"), new PartitionKey("a"));
        var unchanged = new ItemRequestOptions { IfMatchEtag = created.ETag };

        await container.Client.ReplaceItemAsync(Document("one", "a", 2), "one", new PartitionKey("a"), unchanged);
        await RefusedAsync(HttpStatusCode.PreconditionFailed, () =>
            container.Client.ReplaceItemAsync(Document("one", "a", 3), "one", new PartitionKey("a"), unchanged)
        );

        Assert.Equal(2, (await container.Client.ReadItemAsync<JObject>("one", new PartitionKey("a"))).Resource["n"]!.Value<double>());
    }

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task Upsert_CreatesAndThenReplaces(string service)
    {
        await using ContainerUnderTest container = await StartAsync(service);

        ItemResponse<JObject> first = await container.Client.UpsertItemAsync(Document("one", "a"), new PartitionKey("a"));
        ItemResponse<JObject> second = await container.Client.UpsertItemAsync(Document("one", "a", 2), new PartitionKey("a"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Resource["_rid"], second.Resource["_rid"]);
        Assert.NotEqual(first.ETag, second.ETag);
    }

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task Query_OfOnePartition_FindsWhatTheParameterSays(string service)
    {
        await using ContainerUnderTest container = await StartAsync(service);
        foreach (string device in (string[])["it's", "It's", "100%\"", "it's0"])
        {
            JObject document = Document($"d-{device.Length}-{(int)device[0]}", "a");
            document["SystemProperties"] = new JObject { ["iothub-connection-device-id"] = device };
            await container.Client.CreateItemAsync(document, new PartitionKey("a"));
        }

        // The other server goes by the key in the condition instead of the one in the header.
        QueryDefinition query = new QueryDefinition(
            "SELECT c.id FROM c WHERE c.pk = @k AND c.SystemProperties[\"iothub-connection-device-id\"] = @d"
        )
            .WithParameter("@k", "a")
            .WithParameter("@d", "it's");
        using FeedIterator<JObject> pages = container.Client.GetItemQueryIterator<JObject>(
            query,
            requestOptions: new QueryRequestOptions { PartitionKey = new PartitionKey("a") }
        );

        Assert.Equal("d-4-105", Assert.Single(await AllAsync(pages)).Value<string>("id"));
    }

    /// <summary>The other server fails where what is to be read is not there: an error of its own, and nothing of the service's.</summary>
    private static HttpStatusCode Missing(string service) =>
        service == CosmosServices.Sandbox ? HttpStatusCode.NotFound : HttpStatusCode.InternalServerError;

    private static JObject Document(string id, string key, double n = 1.5) =>
        new()
        {
            ["id"] = id,
            ["pk"] = key,
            ["n"] = n,
        };

    private static Task<ItemResponse<JObject>> DeleteAsync(Container container, string id, string key, string? etag) =>
        container.DeleteItemAsync<JObject>(id, new PartitionKey(key), new ItemRequestOptions { IfMatchEtag = etag });

    private async Task<ContainerUnderTest> StartAsync(string service)
    {
        if (service == CosmosServices.Other)
            return new(await other.CreateContainerAsync("/pk"), null);

        CosmosSession session = await CosmosSession.StartAsync();
        return new(session.Make("tests"), session);
    }

    /// <summary>An empty container of one of the services.</summary>
    private sealed class ContainerUnderTest(Container client, CosmosSession? session) : IAsyncDisposable
    {
        public Container Client => client;

        public ValueTask DisposeAsync() => session?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
