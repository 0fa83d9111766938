using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.ProvisioningServices;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Provisioning;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ProvisioningServices;

/// <summary>A provisioning service in a sandbox, the sink under test, and calls that remember what they were told.</summary>
internal sealed class EnrollmentSandbox : IAsyncDisposable
{
    public const string Alice = "alice";
    public const string Bob = "bob";

    private readonly CallRecorder _recorder = new();
    private readonly AzureAccess _access;

    private EnrollmentSandbox(SandboxServer server)
    {
        Server = server;
        Service = server.World.Provisioning.Find(WorldNames.ProvisioningName)!;
        _access = SandboxAccess.Open(server, Wire);
        Sink = new ProvisioningServiceSink(_access, WorldNames.HubHostName, share: 1);
    }

    public SandboxServer Server { get; }

    public ProvisioningInstance Service { get; }

    public Wire Wire { get; } = new();

    public ProvisioningServiceSink Sink { get; }

    /// <summary>A sink that uses a share of the service's limits.</summary>
    public ProvisioningServiceSink SinkOf(double share) => new(_access, WorldNames.HubHostName, share);

    public List<DsrEvent> Events => _recorder.Events;

    public List<Announcement> Announced => _recorder.Announced;

    public IEnumerable<Fault> Reported => _recorder.Reported;

    public ErasureOptions Erasure { get; set; } = ErasureOptions.OwnAndCurrent;

    /// <summary>The linked hubs as the discovery gives them; null where it could not.</summary>
    public string? Linked { get; set; } = WorldNames.HubHostName;

    public string? ResourceId { get; set; }

    public string Place { get; set; } = WorldNames.ProvisioningName;

    public DateTimeOffset? ErasedAt { get; set; }

    public ILookup<string, string> Held { get; set; } = Array.Empty<string>().ToLookup(path => path);

    public Func<string, Fault?> Doubt { get; set; } = _ => null;

    public IReadOnlyDictionary<string, RecordBound> Bounds { get; set; } = new Dictionary<string, RecordBound>();

    /// <summary>A service without anything, or that of the seeded world.</summary>
    public static async Task<EnrollmentSandbox> StartAsync(bool isSeeded = false)
    {
        var sandbox = new EnrollmentSandbox(
            await SandboxServer.StartAsync(new SandboxOptions { HasData = isSeeded }, CancellationToken.None)
        );
        sandbox.ResourceId = sandbox.Server.World.Names.ProvisioningId(WorldNames.ProvisioningName);
        return sandbox;
    }

    /// <summary>An enrollment, and where its device was assigned to.</summary>
    public void Enroll(
        string registrationId,
        string? deviceId = null,
        string? assignedTo = WorldNames.HubHostName,
        Action<JsonObject>? change = null
    )
    {
        var model = new JsonObject
        {
            ["registrationId"] = registrationId,
            ["deviceId"] = deviceId,
            ["attestation"] = new JsonObject { ["type"] = "symmetricKey" },
            ["initialTwin"] = new JsonObject { ["tags"] = new JsonObject { ["owner"] = deviceId ?? registrationId } },
        };
        change?.Invoke(model);
        lock (Service.Gate)
        {
            Service.PutEnrollment(registrationId, model);
            if (assignedTo is not null)
                Service.Assign(registrationId, deviceId ?? registrationId, assignedTo);
        }
    }

    public void AddGroup(string groupId, params string[] devices)
    {
        lock (Service.Gate)
        {
            Service.PutGroup(groupId, new JsonObject { ["attestation"] = new JsonObject { ["type"] = "x509" } });
            foreach (string device in devices)
                Service.Assign(device, device, WorldNames.HubHostName, groupId);
        }
    }

    /// <summary>Everything in the service, each to the byte.</summary>
    public Dictionary<string, string> Records
    {
        get
        {
            lock (Service.Gate)
            {
                return Service
                    .Enrollments.Select(one => KeyValuePair.Create($"enrollments/{one.Key}", one.Value.ToJsonString()))
                    .Concat(
                        Service.Registrations.Select(one =>
                            KeyValuePair.Create($"registrations/{one.Key}", one.Value.Document.ToJsonString())
                        )
                    )
                    .Concat(Service.Groups.Select(one => KeyValuePair.Create($"groups/{one.Key}", one.Value.ToJsonString())))
                    .ToDictionary(StringComparer.Ordinal);
            }
        }
    }

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds) =>
        Sink.FindAsync(Call(), deviceIds, CancellationToken.None);

    public async Task<DeviceDataFinding> FindOneAsync(string deviceId = Alice) => Assert.Single(await FindAsync(deviceId));

    public async Task<(IReadOnlyList<ExportCompleteness> Accounts, MemoryTarget Target)> ExportAsync(params string[] deviceIds)
    {
        var target = new MemoryTarget();
        return (await Sink.ExportAsync(Call(), deviceIds, target, CancellationToken.None), target);
    }

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(params DeviceDataFinding[] findings) =>
        Sink.EraseAsync(Call(), findings, CancellationToken.None);

    /// <summary>Finds, and erases what was found.</summary>
    public async Task<ErasureOutcome> EraseOneAsync(string deviceId = Alice) =>
        Assert.Single(await EraseAsync(await FindOneAsync(deviceId)));

    /// <summary>A fault of the requests to the service.</summary>
    public void Fail(FaultRule rule) => Server.Faults.Add(rule with { Service = "provisioning" });

    public IReadOnlyList<LoggedRequest> Sent(string? method = null) =>
        [.. Server.RequestLog.After(0).Where(request => request.Service == "provisioning" && (method is null || request.Method == method))];

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await Server.DisposeAsync();
    }

    private SinkCall Call() =>
        new(
            new DataLocation
            {
                Id = "dps",
                Kind = LocationKinds.ProvisioningService,
                Place = Place,
                ResourceId = ResourceId,
                Provenance = ["a test"],
                Settings = Linked is null
                    ? new Dictionary<string, string>()
                    : new Dictionary<string, string> { [LocationSettings.LinkedHubs] = Linked },
            },
            new SinkOptions(4) { Erasure = Erasure },
            _recorder.TellAsync,
            _recorder.AnnounceAsync
        )
        {
            ErasedAt = _ => ErasedAt,
            Held = Held,
            Bounds = Bounds,
            Doubt = (deviceId, _) => Task.FromResult(Doubt(deviceId)),
        };
}
