using System.Text;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Sinks.RoutedBlobs;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>A container of its own in a sandbox, the sink under test, and a call that remembers what it was told.</summary>
internal sealed class ArchiveSandbox : IAsyncDisposable
{
    public const string Alice = "alice";
    public const string Bob = "bob";
    public const string Carol = "carol";
    public const string HubName = "contoso-hub";

    private static readonly DateTimeOffset LongAgo = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly SandboxServer _server;
    private readonly AzureAccess _access;

    private ArchiveSandbox(SandboxServer server, bool versioned, Func<AzureAccess, TimeProvider, ArchiveSink>? sink)
    {
        _server = server;
        _access = SandboxAccess.Open(server, Wire);
        Sink = sink?.Invoke(_access, server.World.Clock)
            ?? new RoutedBlobSink(new BlobContainers(_access, server.World.Clock), server.World.Clock);
        AccountName = versioned ? WorldNames.VersionedAccount : WorldNames.PlainAccount;
        UseContainer("archive-under-test");
    }

    public Wire Wire { get; } = new();

    public string AccountName { get; }

    public BlobAccount Account => _server.World.Blobs.GetOrAddAccount(AccountName);

    public BlobContainer Container { get; private set; } = null!;

    public DataLocation Location { get; set; } = null!;

    public ArchiveSink Sink { get; }

    public FaultRules Faults => _server.Faults;

    public SandboxClock Clock => _server.World.Clock;

    public List<DsrEvent> Events { get; } = [];

    /// <summary>What an operator holds, and for which device.</summary>
    public IReadOnlyList<(string Path, string DeviceId)> Held { get; set; } = [];

    /// <summary>What may be taken of a device, by its ID.</summary>
    public IReadOnlyDictionary<string, RecordBound> Bounds { get; set; } = new Dictionary<string, RecordBound>();

    /// <summary>Runs when the sink announces a destruction, before it goes on.</summary>
    public Action? OnAnnounce { get; set; }

    public IEnumerable<Fault> Reported => Events.OfType<FaultEvent>().Select(reported => reported.Fault);

    public IReadOnlyList<LoggedRequest> BlobRequests => [.. _server.RequestLog.After(0).Where(entry => entry.Service == "blob")];

    /// <summary>Bytes that were sent to the service.</summary>
    public long BytesUploaded => BlobRequests.Where(entry => entry.Mutating).Sum(entry => entry.BytesIn);

    public IEnumerable<string> Mutations => BlobRequests.Where(entry => entry.Mutating).Select(entry => $"{entry.Method} {entry.Target}");

    /// <param name="versioned">Whether the account keeps versions and deleted blobs.</param>
    /// <param name="sink">Makes the sink under test; null for that of routed messages.</param>
    public static async Task<ArchiveSandbox> StartAsync(
        bool versioned = false,
        Func<AzureAccess, TimeProvider, ArchiveSink>? sink = null
    ) => new(await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None), versioned, sink);

    /// <summary>A sink for routed messages as another process would have it: it has read nothing yet.</summary>
    public RoutedBlobSink OpenSink() => new(new BlobContainers(_access, _server.World.Clock), _server.World.Clock);

    public void Deny(params string[] rules) => _server.Access.Denied = rules;

    /// <summary>Goes on with another, empty container and a clean log.</summary>
    public void UseContainer(string name)
    {
        Container = Account.GetOrAddContainer(name);
        Location = new DataLocation
        {
            Id = $"archive.{name}",
            Kind = Sink switch
            {
                Core.Sinks.DeadLetters.DeadLetterSink => LocationKinds.DeadLetterContainer,
                Core.Sinks.LogArchives.LogArchiveSink => LocationKinds.LogArchive,
                Core.Sinks.BulkExports.BulkExportSink => LocationKinds.BulkExportContainer,
                _ => LocationKinds.RoutedBlobContainer,
            },
            Place = $"{AccountName}/{name}",
            Provenance = ["a test"],
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            // Most tests are about content: whose a blob is by its name, those say that are about it.
            Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "a test")],
            Settings = new Dictionary<string, string>
            {
                [LocationSettings.ContainerUri] = $"https://{AccountName}.blob.core.windows.net/{name}",
                [LocationSettings.HubName] = HubName,
            },
        };
        Forget();
    }

    public void Forget()
    {
        _server.Faults.Clear();
        _server.RequestLog.Clear();
        lock (Events)
            Events.Clear();
    }

    public SinkCall Call(SinkOptions? options = null) => new(Location, options ?? new SinkOptions(4), (dsrEvent, _) =>
        {
            lock (Events)
                Events.Add(dsrEvent);
            if (
                dsrEvent is NoticeEvent { Level: NoticeLevel.Verbose } notice
                && notice.Text.Contains("replace blob", StringComparison.Ordinal)
            )
            {
                OnAnnounce?.Invoke();
            }

            return ValueTask.CompletedTask;
        }) { Held = Held.ToLookup(held => held.Path, held => held.DeviceId), Bounds = Bounds };

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds) =>
        Sink.FindAsync(Call(), deviceIds, CancellationToken.None);

    public async Task<DeviceDataFinding> FindOneAsync(string deviceId) => Assert.Single(await FindAsync(deviceId));

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(params DeviceDataFinding[] findings) => EraseAsync(new SinkOptions(4), findings);

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(SinkOptions options, params DeviceDataFinding[] findings) =>
        Sink.EraseAsync(Call(options), findings, CancellationToken.None);

    /// <summary>Finds a device and erases it.</summary>
    public async Task<ErasureOutcome> EraseAsync(string deviceId, SinkOptions? options = null) =>
        Assert.Single(await EraseAsync(options ?? new SinkOptions(4), await FindOneAsync(deviceId)));

    public static RoutedMessage Message(string deviceId, int number = 0, params (string Name, string Value)[] properties) =>
        new(LongAgo.AddSeconds(number), deviceId, "1", Encoding.UTF8.GetBytes($$"""{"n":{{number}},"of":"{{deviceId}}"}"""))
        {
            IsJson = true,
            Properties = [.. properties.Select(property => KeyValuePair.Create(property.Name, property.Value))],
        };

    /// <summary>The same message with so large a body that two of them are worth a copy inside the service.</summary>
    public static RoutedMessage Padded(RoutedMessage message, int length = 2_000_000) =>
        message with
        {
            Body = Encoding.UTF8.GetBytes($$"""{"of":"{{message.DeviceId}}","pad":"{{new string('x', length)}}"}"""),
        };

    /// <summary>Messages of the devices in turn.</summary>
    public static List<RoutedMessage> Messages(int count, params string[] deviceIds) =>
        [.. Enumerable.Range(0, count).Select(number => Message(deviceIds[number % deviceIds.Length], number))];

    public void Put(
        string name,
        IReadOnlyList<RoutedMessage> messages,
        RoutedEncoding encoding = RoutedEncoding.Json,
        BlobSeed? seed = null
    ) => Put(name, RoutedFile.Write(messages, encoding), seed);

    public void Put(string name, ReadOnlyMemory<byte> content, BlobSeed? seed = null) =>
        Container.Put(name, content, (seed ?? new BlobSeed()) with { LastModified = seed?.LastModified ?? LongAgo });

    public void TakeSnapshot(string name)
    {
        lock (Container.Gate)
        {
            Assert.True(Container.TryGetEntry(name, out BlobEntry? entry));
            entry.TakeSnapshot(entry.Current!, entry.Current!);
        }
    }

    /// <summary>Gives a blob another content under the ETag that it has, as no service should.</summary>
    public void Damage(string name, ReadOnlyMemory<byte> content)
    {
        lock (Container.Gate)
        {
            Assert.True(Container.TryGetEntry(name, out BlobEntry? entry));
            entry.Amend(entry.Current!, entry.Current! with { Content = BlobContent.Of(content) });
        }
    }

    /// <summary>Copies a blob to another name and deletes it under its own.</summary>
    public void Move(string name, string newName)
    {
        Put(newName, Current(name).Content.ToMemory());
        Container.Delete(name);
    }

    public void PageSize(int items) => _server.World.Blobs.PageSizeCap = items;

    /// <summary>Stages a block that nobody commits.</summary>
    public void Stage(string name, string blockId)
    {
        lock (Container.Gate)
        {
            BlobEntry entry = Container.GetOrAddEntry(name);
            entry.Staged.Put(new Block(blockId, BlobContent.Of("x"u8.ToArray())), Clock.GetUtcNow());
        }
    }

    public BlobRevision Current(string name) =>
        Container.TryGetEntry(name, out BlobEntry? entry) && entry.Current is { } current ? current : throw new KeyNotFoundException(name);

    public string Text(string name) => Encoding.UTF8.GetString(Current(name).Content.ToMemory().Span);

    /// <summary>The blob as it must be when the messages of some devices are gone.</summary>
    public static string TextWithout(IEnumerable<RoutedMessage> messages, params string[] gone) =>
        Encoding.UTF8.GetString(
            RoutedFile.Write([.. messages.Where(message => !gone.Contains(message.DeviceId))], RoutedEncoding.Json).Span
        );

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await _server.DisposeAsync();
    }
}
