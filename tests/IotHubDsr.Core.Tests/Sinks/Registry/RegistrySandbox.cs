using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.CloudToDeviceQueues;
using IotHubDsr.Core.Sinks.Registry;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;
using HubThrottle = IotHubDsr.Core.Azure.Hub.HubThrottle;

namespace IotHubDsr.Core.Tests.Sinks.Registry;

/// <summary>A sandbox of its own, a client that an application's token authorises, and a call that remembers what it was told.</summary>
internal sealed class RegistrySandbox : IAsyncDisposable
{
    private readonly SandboxServer _server;
    private readonly AzureAccess _access;

    private RegistrySandbox(SandboxServer server)
    {
        _server = server;
        Descriptor = SandboxAccess.Describe(server.Descriptor);
        _access = new AzureAccess(SandboxCloud.For(Descriptor), access =>
            Credentials.ForApplication(access, Descriptor.TenantId, Descriptor.ClientId, Descriptor.ClientSecret)
        );
        Client = HubClient.WithToken(_access, Descriptor.HubHostName, HubThrottle.For("S3", 4, 1));
        Sink = new RegistrySink(Client);
        Queue = new CloudToDeviceQueueSink(Client);
    }

    public IotHubSandbox Descriptor { get; }

    public HubClient Client { get; }

    public RegistrySink Sink { get; }

    public CloudToDeviceQueueSink Queue { get; }

    public HubRegistry Registry => _server.World.Registry;

    public FaultRules Faults => _server.Faults;

    public IReadOnlyList<string> Mutations =>
        [.. _server.RequestLog.After(0).Where(entry => entry.Mutating).Select(entry => $"{entry.Method} {entry.Target.Split('?')[0]}")];

    /// <summary>What the sinks told the operation, in order, and how many mutations had been sent before.</summary>
    public List<(DsrEvent Event, int MutationsBefore)> Events { get; } = [];

    /// <summary>What the sinks announced, in order.</summary>
    public List<Announcement> Announced { get; } = [];

    /// <summary>Runs when a sink announces a destruction, before it goes on.</summary>
    public Action<string>? OnAnnounce { get; set; }

    public static async Task<RegistrySandbox> StartAsync() =>
        new(await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None));

    public HubClient ClientFor(string hostName, string sku = "S3") => HubClient.WithToken(_access, hostName, HubThrottle.For(sku, 4, 1));

    public HubClient ClientWithKey(string connectionString) =>
        HubClient.WithSharedAccessKey(
            _access,
            HubConnectionString.Parse(connectionString),
            HubThrottle.For("S3", 4, 1),
            TimeProvider.System
        );

    public void Deny(string right) => _server.Access.Denied = [$"hub:{right}"];

    public SinkCall Call(string kind) =>
        new(
            new DataLocation
            {
                Id = kind.ToLowerInvariant(),
                Kind = kind,
                Place = Descriptor.HubName,
                Provenance = ["the hub itself"],
            },
            new SinkOptions(4),
            (dsrEvent, _) =>
            {
                lock (Events)
                    Events.Add((dsrEvent, Mutations.Count));
                if (dsrEvent is NoticeEvent { Level: NoticeLevel.Verbose } notice)
                    OnAnnounce?.Invoke(notice.Text);
                return ValueTask.CompletedTask;
            },
            (what, _) =>
            {
                lock (Announced)
                    Announced.Add(what);
                return ValueTask.CompletedTask;
            }
        );

    public async Task<DeviceDataFinding> FindAsync(string deviceId) =>
        Assert.Single(await Sink.FindAsync(Call(LocationKinds.DeviceRegistry), [deviceId], CancellationToken.None));

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds) =>
        Sink.FindAsync(Call(LocationKinds.DeviceRegistry), deviceIds, CancellationToken.None);

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(params DeviceDataFinding[] findings) =>
        Sink.EraseAsync(Call(LocationKinds.DeviceRegistry), findings, CancellationToken.None);

    public void Change(string deviceId)
    {
        lock (Registry.Gate)
            Registry.Update(Registry.Device(deviceId), new JsonObject { ["status"] = "disabled" });
    }

    public void Recreate(string deviceId)
    {
        lock (Registry.Gate)
        {
            Registry.Delete(Registry.Device(deviceId));
            Registry.Create(deviceId, []);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await _server.DisposeAsync();
    }
}
