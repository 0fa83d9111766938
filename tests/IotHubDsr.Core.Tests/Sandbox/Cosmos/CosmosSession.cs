using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
using IotHubDsr.Sandbox.World;
using Microsoft.Azure.Cosmos;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>A sandbox of this process, and Microsoft's client for .NET in the mode that the gateway serves.</summary>
internal sealed class CosmosSession : IAsyncDisposable
{
    private readonly List<IDisposable> _clients = [];

    private CosmosSession(SandboxSession sandbox)
    {
        Sandbox = sandbox;
        Credential = new IssuedCredential(sandbox.Server);
    }

    public SandboxSession Sandbox { get; }

    public IssuedCredential Credential { get; }

    public CosmosAccount Account => Sandbox.Server.World.Cosmos.GetOrAddAccount(WorldNames.CosmosAccount);

    /// <summary>The container that the hub routes to.</summary>
    public CosmosContainer Routed =>
        Account.TryGetDatabase(WorldNames.CosmosDatabase, out CosmosDatabase? database)
        && database.TryGetContainer(WorldNames.CosmosContainer, out CosmosContainer? container)
            ? container
            : throw new InvalidOperationException("The world has no container.");

    public static string Endpoint => $"https://{WorldNames.CosmosAccount}.documents.azure.com:443/";

    public static async Task<CosmosSession> StartAsync(SandboxOptions? options = null) =>
        new(await SandboxSession.StartAsync(options ?? new SandboxOptions { HasData = false }));

    /// <summary>A client that is signed in or, with a key, signs its requests.</summary>
    public CosmosClient Client(byte[]? key = null)
    {
        var http = new HttpClient(SandboxSession.NewHandler(Sandbox.Descriptor));
        var options = new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = true,
            HttpClientFactory = () => http,
            MaxRetryAttemptsOnRateLimitedRequests = 3,
        };
        CosmosClient client = key is null
            ? new CosmosClient(Endpoint, Credential, options)
            : new CosmosClient(Endpoint, Convert.ToBase64String(key), options);
        _clients.AddRange([client, http]);
        return client;
    }

    public CosmosContainer Make(string name, CosmosContainerOptions options)
    {
        Assert.True(Account.GetOrAddDatabase("tests").TryAddContainer(name, options, out CosmosContainer? container));
        return container;
    }

    public Container Open(CosmosContainer container, byte[]? key = null) =>
        Client(key).GetContainer(container.Database.Name, container.Name);

    /// <summary>A container with one key, and the client's view of it.</summary>
    public Container Make(string name, string path = "/pk", int ranges = 1) =>
        Open(Make(name, new CosmosContainerOptions(new PartitionKeyDefinition([path])) { RangeCount = ranges }));

    /// <summary>A request of our own, signed with the account's key.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string method,
        string path,
        string type,
        string resource,
        string? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Endpoint.TrimEnd('/') + path);
        string date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        string payload = $"{method.ToLowerInvariant()}\n{type}\n{resource}\n{date}\n\n";
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Account.Keys[0], Encoding.UTF8.GetBytes(payload)));
        (string, string)[] own =
        [
            ("authorization", Uri.EscapeDataString($"type=master&ver=1.0&sig={signature}")),
            ("x-ms-date", date),
            ("x-ms-version", "2020-07-15"),
        ];
        foreach ((string name, string value) in own.Where(one => headers.All(header => header.Name != one.Item1)).Concat(headers))
        {
            if (name != "Content-Type")
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            string contentType = headers.FirstOrDefault(header => header.Name == "Content-Type").Value ?? "application/json";
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return await Sandbox.Http.SendAsync(request);
    }

    /// <summary>A page of a query, as the gateway is asked for one.</summary>
    public Task<HttpResponseMessage> QueryAsync(CosmosContainer container, string query, params (string Name, string Value)[] headers)
    {
        string link = $"dbs/{container.Database.Name}/colls/{container.Name}";
        return SendAsync(
            "POST",
            $"/{link}/docs",
            "docs",
            link,
            new JsonObject { ["query"] = query, ["parameters"] = new JsonArray() }.ToJsonString(),
            [("Content-Type", "application/query+json"), ("x-ms-documentdb-isquery", "True"), .. headers]
        );
    }

    public static async Task<CosmosException> RefusedAsync(HttpStatusCode status, Func<Task> call)
    {
        CosmosException refusal = await Assert.ThrowsAsync<CosmosException>(call);
        Assert.True(status == refusal.StatusCode, refusal.ToString());
        return refusal;
    }

    public static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? Assert.Single(values) : null;

    public static async Task<List<T>> AllAsync<T>(FeedIterator<T> pages)
    {
        List<T> items = [];
        while (pages.HasMoreResults)
            items.AddRange(await pages.ReadNextAsync());
        return items;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Sandbox.DisposeAsync();
    }
}
