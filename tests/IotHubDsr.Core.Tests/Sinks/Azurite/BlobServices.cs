using System.Reflection;
using Azure.Storage.Blobs;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.FileUploads;
using IotHubDsr.Core.Sinks.LogArchives;
using IotHubDsr.Core.Sinks.RoutedBlobs;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;
using Xunit.Sdk;

namespace IotHubDsr.Core.Tests.Sinks.Azurite;

/// <summary>The services that the same tests run against.</summary>
internal static class BlobServices
{
    public const string Sandbox = "sandbox";
    public const string Azurite = "Azurite";
}

/// <summary>Runs a test against Azurite, and skips it by name where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AzuriteDataAttribute : DataAttribute
{
    public AzuriteDataAttribute() => Skip = AzuriteServer.Missing;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        [
            [BlobServices.Azurite],
        ];
}

/// <summary>An empty container of one of the services, seen by the sinks and by a plain client of the library.</summary>
internal sealed class ContainerUnderTest : IAsyncDisposable
{
    private readonly SandboxServer? _sandbox;
    private readonly AzureAccess? _access;

    private ContainerUnderTest(
        BlobContainerClient client,
        BlobContainers containers,
        SandboxServer? sandbox = null,
        AzureAccess? access = null
    )
    {
        (Client, _sandbox, _access) = (client, sandbox, access);
        Archive = new RoutedBlobSink(containers, TimeProvider.System);
        Uploads = new FileUploadSink(containers, TimeProvider.System);
        Logs = new LogArchiveSink(containers, TimeProvider.System);
    }

    public BlobContainerClient Client { get; }

    public RoutedBlobSink Archive { get; }

    public FileUploadSink Uploads { get; }

    public LogArchiveSink Logs { get; }

    public List<DsrEvent> Events { get; } = [];

    public static async Task<ContainerUnderTest> StartAsync(string service, AzuriteServer azurite)
    {
        if (service == BlobServices.Azurite)
        {
            BlobContainerClient container = await azurite.CreateContainerAsync();
            return new ContainerUnderTest(
                container,
                new BlobContainers((_, budget) => new BlobContainerAccess(container, TimeProvider.System, budget))
            );
        }

        SandboxServer server = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        AzureAccess access = SandboxAccess.Open(server, new Wire());
        server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("under-test");
        var uri = new Uri($"https://{WorldNames.PlainAccount}.blob.core.windows.net/under-test");
        var client = new BlobContainerClient(
            uri,
            access.Credential,
            access.Configure(new BlobClientOptions { TrimBlobNameSlashes = false })
        );
        return new ContainerUnderTest(client, new BlobContainers(access, TimeProvider.System), server, access);
    }

    public SinkCall Call(IFinder sink, SinkOptions? options = null) =>
        new(
            new DataLocation
            {
                Id = "location",
                Kind = sink switch
                {
                    FileUploadSink => LocationKinds.FileUploadContainer,
                    LogArchiveSink => LocationKinds.LogArchive,
                    _ => LocationKinds.RoutedBlobContainer,
                },
                Place = Client.Name,
                Provenance = ["a test"],
                Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
                Settings = new Dictionary<string, string> { [LocationSettings.ContainerUri] = Client.Uri.ToString() },
            },
            options ?? new SinkOptions(4),
            (dsrEvent, _) =>
            {
                lock (Events)
                    Events.Add(dsrEvent);
                return ValueTask.CompletedTask;
            }
        );

    public async Task<ErasureOutcome> EraseAsync<T>(T sink, string deviceId, SinkOptions? options = null)
        where T : IFinder, IEraser
    {
        IReadOnlyList<DeviceDataFinding> found = await sink.FindAsync(Call(sink, options), [deviceId], CancellationToken.None);
        return Assert.Single(await sink.EraseAsync(Call(sink, options), found, CancellationToken.None));
    }

    public async Task<DeviceDataFinding> FindAsync(IFinder sink, string deviceId) =>
        Assert.Single(await sink.FindAsync(Call(sink), [deviceId], CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        _access?.Dispose();
        if (_sandbox is not null)
            await _sandbox.DisposeAsync();
    }
}
