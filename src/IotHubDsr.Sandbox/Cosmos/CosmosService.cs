using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos.Rest;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Cosmos;

/// <summary>The gateway of Cosmos DB: its REST interface over a <see cref="CosmosStore"/>.</summary>
internal sealed class CosmosService(CosmosStore store, CosmosGate gate)
{
    private const string ActivityHeader = "x-ms-activity-id";
    private const string VersionHeader = "x-ms-version";

    /// <summary>A query may be longer than a document.</summary>
    private const long LargestBody = 4 * 1024 * 1024;

    public async Task HandleAsync(HttpContext context, RequestTarget? target)
    {
        string name = HostDirectory.CosmosAccountOf(context.Request.Host.Host, store);
        if (!store.TryGetAccount(name, out CosmosAccount? account))
        {
            // A real account that does not exist has no address: its name does not resolve.
            await Reply.TextAsync(context, StatusCodes.Status404NotFound, $"There is no Cosmos DB account '{name}' in this sandbox.");
            return;
        }

        string activity = ActivityOf(context);
        AddHeaders(context, activity);
        CosmosResponse response;
        try
        {
            response = await RunAsync(context, target, account);
        }
        catch (CosmosException error)
        {
            response = Describe(error, activity);
        }

        await SendAsync(context, response);
    }

    /// <summary>An injected fault in the service's own shape.</summary>
    public static Task RefuseAsync(HttpContext context, CosmosException error)
    {
        string activity = ActivityOf(context);
        AddHeaders(context, activity);
        return SendAsync(context, Describe(error, activity));
    }

    private static string ActivityOf(HttpContext context) =>
        context.Request.Headers[ActivityHeader].ToString() is { Length: > 0 } sent ? sent : Guid.NewGuid().ToString();

    private static void AddHeaders(HttpContext context, string activity)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers[ActivityHeader] = activity;
        headers["x-ms-gatewayversion"] = "version=2.14.0";
        headers["x-ms-serviceversion"] = "version=2.14.0.0";
        headers["x-ms-schemaversion"] = "1.19";
        headers["Server"] = "Compute";
        headers.CacheControl = "no-store, no-cache";
    }

    private async Task<CosmosResponse> RunAsync(HttpContext context, RequestTarget? target, CosmosAccount account)
    {
        if (target is null)
            throw CosmosErrors.BadRequest("The request URI has an invalid percent encoding.");

        gate.Require(context.Request, target, account);
        if (context.Request.Headers[VersionHeader].Count == 0)
            throw CosmosErrors.BadRequest($"The required header '{VersionHeader}' is missing.");

        byte[] body = await ReadAsync(context);
        return Run(new CosmosRequest(context.Request.Method, target, context.Request.Headers, body), account);
    }

    private CosmosResponse Run(CosmosRequest request, CosmosAccount account)
    {
        string[] segments = request.Target.Segments;
        switch (request.Method, segments)
        {
            case ("GET", []):
                return CosmosResponse.Json(StatusCodes.Status200OK, AccountDocument.Of(account)).WithCharge(1);
            case ("GET", ["dbs"]):
                return MetadataOperations.ListDatabases(account);
            case ("POST", ["dbs"]) when !request.IsForQuery:
                return MetadataOperations.CreateDatabase(request, account);
        }

        if (segments is not ["dbs", var databaseName, .. var rest])
            throw Unknown(request);

        bool isThere = account.TryGetDatabase(databaseName, out CosmosDatabase? database);
        if (!isThere)
            throw rest.Length == 0 ? CosmosErrors.NotFound : CosmosErrors.OwnerNotFound;

        return (request.Method, rest) switch
        {
            ("GET", []) => MetadataOperations.Read(database!),
            ("DELETE", []) => MetadataOperations.Delete(database!, account),
            ("GET", ["colls"]) => MetadataOperations.ListContainers(database!),
            ("POST", ["colls"]) when !request.IsForQuery => MetadataOperations.CreateContainer(request, database!),
            (_, ["colls", var container, .. var inner]) => OnContainer(request, database!, container, inner),
            _ => throw Unknown(request),
        };
    }

    private CosmosResponse OnContainer(CosmosRequest request, CosmosDatabase database, string name, string[] rest)
    {
        if (!database.TryGetContainer(name, out CosmosContainer? container))
            throw rest.Length == 0 ? CosmosErrors.NotFound : CosmosErrors.OwnerNotFound;

        lock (container.Gate)
        {
            return (request.Method, rest) switch
            {
                ("GET", []) => MetadataOperations.Read(container),
                ("DELETE", []) => MetadataOperations.Delete(container),
                ("GET", ["pkranges"]) => MetadataOperations.Ranges(request, container),
                ("GET", ["docs"]) => QueryOperations.Feed(request, container, store),
                ("POST", ["docs"]) => Post(request, container),
                ("GET", ["docs", var id]) => DocumentOperations.Read(request, container, id),
                ("PUT", ["docs", var id]) => DocumentOperations.Replace(request, container, id),
                ("DELETE", ["docs", var id]) => DocumentOperations.Delete(request, container, id),
                _ => throw Unknown(request),
            };
        }
    }

    private CosmosResponse Post(CosmosRequest request, CosmosContainer container)
    {
        if (request.Flag("x-ms-cosmos-is-batch-request"))
            throw CosmosErrors.NotSimulated("batches");

        if (request.IsForQueryPlan)
            return QueryOperations.Plan(request);

        return request.IsForQuery ? QueryOperations.Run(request, container, store) : DocumentOperations.Create(request, container);
    }

    private static CosmosException Unknown(CosmosRequest request)
    {
        if (request.Method is not ("GET" or "PUT" or "POST" or "DELETE" or "PATCH" or "HEAD"))
            return CosmosErrors.MethodNotAllowed;

        IEnumerable<string> types = request.Target.Segments.Where((_, index) => index % 2 == 0);
        return CosmosErrors.NotSimulated($"{request.Method} on '/{string.Join('/', types)}'");
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        bool isDocument = !CosmosRequest.IsQuery(context.Request.Headers);
        return body.Length > (isDocument ? DocumentOperations.LargestDocument : LargestBody) ? throw CosmosErrors.TooLarge : body.ToArray();
    }

    private static CosmosResponse Describe(CosmosException error, string activity)
    {
        var body = new JsonObject { ["code"] = error.Code, ["message"] = $"{error.Message}\r\nActivityId: {activity}" };
        return CosmosResponse.Json(error.Status, body).With("x-ms-substatus", error.Substatus).WithCharge(0);
    }

    private static Task SendAsync(HttpContext context, CosmosResponse response)
    {
        foreach ((string name, string value) in response.Headers)
            context.Response.Headers[name] = value;

        if (response.Body.IsEmpty)
        {
            context.Response.StatusCode = response.Status;
            return Task.CompletedTask;
        }

        return Reply.BytesAsync(context, response.Status, "application/json", response.Body);
    }
}
