using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>A container of the world.</summary>
internal sealed record Place(string Account, string Container, PlaceKind Kind)
{
    public string Name => $"{Account}/{Container}";
}

/// <summary>What the sandbox holds at one moment, read from its memory: not by the module, and not by what anybody says.</summary>
internal sealed class Reading
{
    private readonly Dictionary<(string Place, string Text), int> _current = [];
    private readonly HashSet<(string Place, string Text)> _old = [];
    private readonly HashSet<(string Place, string Text)> _onTheWay = [];
    private readonly HashSet<string> _keepsCopies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Generation, int Commands)> _devices = new(StringComparer.Ordinal);

    /// <summary>Records in current blobs, and those that the hub has accepted and not written yet.</summary>
    public IReadOnlyCollection<(string Place, string Text)> Current => _current.Keys;

    public int CountOf((string Place, string Text) record) => _current.GetValueOrDefault(record);

    public bool IsInOldCopy((string Place, string Text) record) => _old.Contains(record);

    /// <summary>Whether what is overwritten or deleted there stays as a copy.</summary>
    public bool KeepsCopies(string place) => _keepsCopies.Contains(place);

    /// <summary>Whether a device is registered.</summary>
    public bool Has(Incarnation device) =>
        _devices.TryGetValue(device.DeviceId, out (string Generation, int Commands) found) && found.Generation == device.Generation;

    /// <summary>Messages that wait for a device.</summary>
    public int CommandsFor(Incarnation device) => Has(device) ? _devices[device.DeviceId].Commands : 0;

    /// <summary>What a place holds, old copies included.</summary>
    /// <param name="place">Account and container.</param>
    /// <param name="withUnwritten">Whether what is on its way there counts.</param>
    public IEnumerable<(string Place, string Text)> RecordsIn(string place, bool withUnwritten) =>
        _current
            .Keys.Where(record => record.Place == place && (withUnwritten || !_onTheWay.Contains(record)))
            .Union(_old.Where(record => record.Place == place));

    public static Reading Of(RivalWorld world)
    {
        var reading = new Reading();
        HubEvents events = world.Server.World.Events;
        events.WriteDue();
        foreach (Place place in world.Places)
            reading.Add(world, place);
        foreach ((StorageEndpoint endpoint, RoutedMessage message) in events.Unwritten)
        {
            (string, string) record = ($"{endpoint.Account}/{endpoint.Container}", AsWritten(endpoint, message).Text);
            if (!reading._current.ContainsKey(record))
                reading._onTheWay.Add(record);
            reading._current[record] = reading._current.GetValueOrDefault(record) + 1;
        }

        lock (world.Registry.Gate)
        {
            foreach (HubIdentity device in world.Registry.Devices)
                reading._devices[device.DeviceId] = (device.GenerationId, device.PendingCommands);
        }

        return reading;
    }

    /// <summary>The record that a message becomes.</summary>
    public static FoundRecord AsWritten(StorageEndpoint endpoint, RoutedMessage message) =>
        FoundRecord.In(PlaceKind.Messages, string.Empty, RoutedFile.Write([message], endpoint.Encoding)).Single();

    private void Add(RivalWorld world, Place place)
    {
        BlobContainer container = world.ContainerOf(place);
        if (container.Account.Options.KeepsVersions)
            _keepsCopies.Add(place.Name);
        foreach (BlobSnapshotInfo blob in container.List(includeOld: true))
        {
            foreach (FoundRecord record in world.RecordsOf(place, blob))
            {
                (string, string) key = (place.Name, record.Text);
                if (blob is { IsCurrent: true, Deleted: false })
                    _current[key] = _current.GetValueOrDefault(key) + 1;
                else
                    _old.Add(key);
            }
        }
    }
}
