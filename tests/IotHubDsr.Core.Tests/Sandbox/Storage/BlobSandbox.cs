using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using IotHubDsr.Sandbox.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

/// <summary>The simulated Blob service on a loopback port, and Microsoft's client for it.</summary>
public sealed class BlobSandbox : IAsyncDisposable
{
    public const string AccountName = "sandboxaccount";

    private readonly WebApplication _app;
    private readonly SocketsHttpHandler _handler;

    private BlobSandbox(WebApplication app, FakeTimeProvider time, BlobStore store, int port)
    {
        _app = app;
        Time = time;
        Store = store;
        Endpoint = new Uri($"http://{AccountName}.blob.sandbox.test:{port}/");
        // The name of the host says which account is meant; only the connection goes to the loopback address.
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        Http = new HttpClient(_handler);
    }

    public FakeTimeProvider Time { get; }

    internal BlobStore Store { get; }

    internal BlobAccount Account => Store.GetOrAddAccount(AccountName);

    public Uri Endpoint { get; }

    /// <summary>For what no SDK has a method for.</summary>
    public HttpClient Http { get; }

    public BlobServiceClient Service => new(Endpoint, Options());

    internal static Task<BlobSandbox> StartAsync() => StartAsync(new());

    internal static async Task<BlobSandbox> StartAsync(BlobAccountOptions options)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));
        var store = new BlobStore(time);
        store.GetOrAddAccount(AccountName, options);
        var service = new BlobService(store, time);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(context => service.HandleAsync(context, context.Request.Host.Host.Split('.')[0]));
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new BlobSandbox(app, time, store, new Uri(address).Port);
    }

    public BlobContainerClient Container(string name = "telemetry")
    {
        Account.GetOrAddContainer(name);
        return Service.GetBlobContainerClient(name);
    }

    public BlobClientOptions Options()
    {
        var options = new BlobClientOptions { Transport = new HttpClientTransport(Http), TrimBlobNameSlashes = false };
        // A wrong answer must show as itself, not after retries.
        options.Retry.MaxRetries = 0;
        return options;
    }

    // The storage protocol's checksum, which protects against accidents only.
#pragma warning disable CA5351
    public static byte[] Md5(byte[] content) => MD5.HashData(content);
#pragma warning restore CA5351

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _handler.Dispose();
        await _app.DisposeAsync();
    }
}
