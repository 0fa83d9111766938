using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>A world with a ledger: whatever somebody writes into it or takes from it goes through here and is noted.</summary>
internal sealed class RivalWorld : ErasureWorld
{
    /// <summary>The world's clock runs slowly: how fast the machine is must not show in what happens.</summary>
    public const double ClockRate = 0.02;

    private readonly ConcurrentDictionary<(Place Place, string Name, string ETag), IReadOnlyList<FoundRecord>> _read = [];
    private readonly string _scratch = Directory.CreateTempSubdirectory("rivals-").FullName;
    private int _written;

    private RivalWorld(SandboxServer server, StartedClock clock, bool inContainer)
        : base(server, clock, inContainer)
    {
        Registry = server.World.Registry;
        Ledger = new Ledger(Registry);
        Places =
        [
            .. server.World.Truth.Containers.Select(one => new Place(one.Account, one.Container, PlaceKind.Messages)),
            .. server.World.Truth.Logs.Select(one => new Place(one.Account, one.Container, PlaceKind.Logs)),
            .. server.World.Truth.DeadLetters.Select(one => new Place(one.Account, one.Container, PlaceKind.DeadLetters)),
            Uploads,
        ];
    }

    public static Place Uploads { get; } = new(WorldNames.UploadAccount, WorldNames.UploadContainer, PlaceKind.Files);

    public Ledger Ledger { get; }

    public HubRegistry Registry { get; }

    public IReadOnlyList<Place> Places { get; }

    /// <param name="options">What the sandbox is made from.</param>
    /// <param name="start">The time at which the world begins.</param>
    /// <param name="inContainer">Whether the requests are kept in a blob container.</param>
    public static async Task<RivalWorld> StartAsync(SandboxOptions options, DateTimeOffset start, bool inContainer)
    {
        var clock = new StartedClock(start, ClockRate);
        var world = new RivalWorld(await StartAsync(options with { Time = clock }), clock, inContainer);
        world.NoteAll();
        return world;
    }

    /// <summary>The path of a file that nobody has yet.</summary>
    public string NewPath() => Path.Combine(_scratch, NextId("file"));

    public BlobContainer ContainerOf(Place place) => ContainerOf(place.Account, place.Container);

    public Reading Read() => Reading.Of(this);

    /// <summary>What a blob or a copy of it holds; what was read once under its ETag is not read again.</summary>
    public IReadOnlyList<FoundRecord> RecordsOf(Place place, BlobSnapshotInfo blob) =>
        _read.GetOrAdd((place, blob.Name, blob.ETag), _ => [.. FoundRecord.In(place.Kind, blob.Name, blob.Content)]);

    /// <summary>A text that no other record has.</summary>
    public string NextId(string what) => string.Create(CultureInfo.InvariantCulture, $"{what}-{Interlocked.Increment(ref _written):D5}");

    /// <summary>Telemetry of devices that are registered.</summary>
    public RoutedMessage MessageOf(HubIdentity device, string? leaf = null) => MessageOf(device.DeviceId, device.GenerationId, leaf);

    public RoutedMessage MessageOf(string deviceId, string generation, string? leaf = null) =>
        new(Clock.GetUtcNow(), deviceId, generation, Encoding.UTF8.GetBytes($$"""{"id":"{{NextId("message")}}","temperature":21.5}"""))
        {
            IsJson = true,
            Properties = leaf is null ? [] : [new("ConnectionDeviceId", leaf)],
        };

    /// <summary>Writes a blob, over another one or not.</summary>
    /// <param name="place">Where.</param>
    /// <param name="name">Name of the blob.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="hub">The hub whose records it holds, where they do not tell.</param>
    public void Put(Place place, string name, ReadOnlyMemory<byte> content, string? hub = null)
    {
        BlobContainer container = ContainerOf(place);
        lock (container.Gate)
        {
            if (Current(container, name) is { } former)
                Ledger.Took(place.Name, RecordsOf(place, former));
            Ledger.Wrote(place.Name, FoundRecord.In(place.Kind, name, content).Select(record => record with { Hub = record.Hub ?? hub }));
            container.Put(name, content);
        }
    }

    public void Append(Place place, string name, string text)
    {
        byte[] block = Encoding.UTF8.GetBytes(text);
        Ledger.Wrote(place.Name, FoundRecord.In(place.Kind, name, block));
        ContainerOf(place).Append(name, block);
    }

    public void Delete(Place place, string name)
    {
        BlobContainer container = ContainerOf(place);
        lock (container.Gate)
        {
            if (Current(container, name) is { } former)
                Ledger.Took(place.Name, RecordsOf(place, former));
            container.Delete(name);
        }
    }

    /// <summary>Changes a device and notes what it is to be from now on.</summary>
    public void Change(string deviceId, Action<HubIdentity> change)
    {
        lock (Registry.Gate)
        {
            if (Registry.Find(deviceId) is not { } device)
                return;
            change(device);
            Ledger.Knows(device);
        }
    }

    public static BlobSnapshotInfo? Current(BlobContainer container, string name) =>
        container.List(name).FirstOrDefault(blob => blob.Name == name && blob is { IsCurrent: true, Deleted: false });

    protected override ValueTask EndAsync()
    {
        Directory.Delete(_scratch, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void NoteAll()
    {
        lock (Registry.Gate)
        {
            foreach (HubIdentity device in Registry.Devices)
                Ledger.Knows(device);
        }

        foreach (Place place in Places)
        {
            foreach (BlobSnapshotInfo blob in ContainerOf(place).List(includeOld: true))
                Ledger.Wrote(place.Name, RecordsOf(place, blob), isOld: blob is not { IsCurrent: true, Deleted: false });
        }

        Server.World.Events.Accepted += (endpoint, message) =>
            Ledger.Wrote($"{endpoint.Account}/{endpoint.Container}", [Reading.AsWritten(endpoint, message)]);
    }
}
