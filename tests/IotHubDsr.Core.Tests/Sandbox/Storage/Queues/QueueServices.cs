using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Queues;
using IotHubDsr.Core.Tests.Sinks.Azurite;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Core.Tests.Sandbox.Storage.Queues;

/// <summary>An empty queue of one of the services, seen by Microsoft's client for .NET.</summary>
internal sealed class QueueUnderTest : IAsyncDisposable
{
    private readonly HttpClient? _http;

    private QueueUnderTest(QueueClient client, SandboxSession? sandbox = null, HttpClient? http = null) =>
        (Client, Sandbox, _http) = (client, sandbox, http);

    public QueueClient Client { get; }

    /// <summary>Null with Azurite.</summary>
    public SandboxSession? Sandbox { get; }

    public BlobAccount Account => Sandbox!.Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount);

    public StorageQueue Queue => Account.Queues.GetOrAdd(Client.Name);

    public static async Task<QueueUnderTest> StartAsync(string service, AzuriteServer azurite) =>
        service == BlobServices.Azurite ? new(await azurite.CreateQueueAsync()) : await StartAsync();

    public static async Task<QueueUnderTest> StartAsync()
    {
        SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        var http = new HttpClient(SandboxSession.NewHandler(sandbox.Descriptor));
        BlobAccount account = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount);
        var key = new StorageSharedKeyCredential(account.Name, Convert.ToBase64String(account.Keys[0]));
        QueueClient client = await new QueueServiceClient(Endpoint, key, Options(http)).CreateQueueAsync("tests");
        return new(client, sandbox, http);
    }

    public static Uri Endpoint { get; } = new($"https://{WorldNames.UploadAccount}.queue.core.windows.net/");

    public QueueClientOptions Options() => Options(_http!);

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (Sandbox is not null)
            await Sandbox.DisposeAsync();
    }

    private static QueueClientOptions Options(HttpClient http)
    {
        var options = new QueueClientOptions { Transport = new HttpClientTransport(http) };
        // A wrong answer must show as itself, not after retries.
        options.Retry.MaxRetries = 0;
        return options;
    }
}
