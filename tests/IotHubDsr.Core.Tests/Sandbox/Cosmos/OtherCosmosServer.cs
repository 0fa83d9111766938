using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Azure.Cosmos;
using Xunit.Sdk;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>
/// A Cosmos DB server of other making, on a free port of this machine; started when first asked for. It keeps no secrets: any key will do.
/// </summary>
public sealed class OtherCosmosServer : IDisposable
{
    private const string Ready = "Ready to accept HTTPS connections at ";

    private readonly Lazy<Task<Uri>> _endpoint;
    private readonly List<IDisposable> _clients = [];
    private Process? _process;

    public OtherCosmosServer() => _endpoint = new Lazy<Task<Uri>>(StartAsync);

    /// <summary>Why the server cannot be started; null when it can.</summary>
    public static string? Missing { get; } =
        !File.Exists(Path.Combine(Folder, "lib", "cli.js"))
            ? "@vercel/cosmosdb-server is not installed: run 'npm ci' in tests/conformance/cosmos."
        : Archives.Tools.Has("node") ? null
        : "Node.js is not installed.";

    private static string Folder => Path.Combine(RepositoryPaths.Conformance("cosmos"), "node_modules", "@vercel", "cosmosdb-server");

    /// <summary>Sends whatever host a request is for to the server.</summary>
    internal async Task<HttpMessageHandler> NewHandlerAsync()
    {
        using var certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Path.Combine(Folder, "cert.pem")));
        string thumbprint = certificate.GetCertHashString();
        Uri endpoint = await _endpoint.Value;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, endpoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                // The server's own certificate, which is of nobody's trust, and no other.
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == thumbprint,
            },
        };
        return new AcrossPartitions(handler);
    }

    /// <summary>A new container.</summary>
    internal async Task<Container> CreateContainerAsync(string path)
    {
        var http = new HttpClient(await NewHandlerAsync());
        var options = new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = true,
            HttpClientFactory = () => http,
        };
        var client = new CosmosClient((await _endpoint.Value).AbsoluteUri, Convert.ToBase64String(new byte[64]), options);
        lock (_clients)
            _clients.AddRange([client, http]);
        Database database = await client.CreateDatabaseAsync($"d{Guid.NewGuid():n}");
        return await database.CreateContainerAsync("tests", path);
    }

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        if (_process is not { } process)
            return;

        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task<Uri> StartAsync()
    {
        string[] arguments = [Path.Combine(Folder, "lib", "cli.js"), "--host", "127.0.0.1", "-p", "0"];
        _process = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true })!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
                return new Uri($"https://{line[Ready.Length..].Trim()}/");
        }

        throw new InvalidOperationException("The server did not start.");
    }

    /// <summary>
    /// The server makes no plans of queries, and takes one across partitions only if it is called that: both are done here, for queries
    /// that filter and do no more.
    /// </summary>
    private sealed class AcrossPartitions(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const string Enabled = "x-ms-documentdb-query-enablecrosspartition";
        private const string Plan = """
            {"partitionedQueryExecutionInfoVersion":2,"queryInfo":{"distinctType":"None","top":null,"offset":null,"limit":null,"orderBy":[],
            "orderByExpressions":[],"groupByExpressions":[],"groupByAliases":[],"aggregates":[],"groupByAliasToAggregateType":{},
            "rewrittenQuery":"","hasSelectValue":false,"dCountInfo":null,"hasNonStreamingOrderBy":false},
            "queryRanges":[{"min":"","max":"FF","isMinInclusive":true,"isMaxInclusive":false}]}
            """;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Contains("x-ms-cosmos-is-query-plan-request"))
            {
                var answer = new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent(Plan, Encoding.UTF8, "application/json"),
                };
                return Task.FromResult(answer);
            }

            if (request.Headers.Contains("x-ms-documentdb-partitionkeyrangeid") && !request.Headers.Contains(Enabled))
                request.Headers.Add(Enabled, "True");
            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>The services that the same tests run against.</summary>
internal static class CosmosServices
{
    public const string Sandbox = "sandbox";
    public const string Other = "@vercel/cosmosdb-server";
}

/// <summary>Runs a test against the server of other making, and skips it by name where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OtherCosmosDataAttribute : DataAttribute
{
    public OtherCosmosDataAttribute() => Skip = OtherCosmosServer.Missing;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        [
            [CosmosServices.Other],
        ];
}
