using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>One device that had an ID for a time: an ID that is deleted and created again is another one's.</summary>
internal sealed record Incarnation(string Hub, string DeviceId, string Generation)
{
    public override string ToString() => $"{Hub} {DeviceId} #{Generation}";
}

/// <summary>
/// Knows everything that was ever written, whose it is, and what its owner or a job of somebody else's took away again. Whatever else is
/// missing was lost.
/// </summary>
internal sealed class Ledger(HubRegistry registry)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Place, string Text), Entry> _entries = [];
    private readonly Dictionary<string, List<Incarnation>> _incarnations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _identities = new(StringComparer.Ordinal);
    private readonly HashSet<Incarnation> _erasable = [];
    private readonly List<(string Place, string Text)> _arrived = [];

    /// <summary>Those of whom a request may erase.</summary>
    public IReadOnlySet<Incarnation> Erasable => _erasable;

    /// <summary>Who has an ID, or had it last.</summary>
    public Incarnation CurrentOf(string deviceId) => _incarnations[deviceId][^1];

    /// <summary>All who have had an ID, in their order.</summary>
    public IReadOnlyList<Incarnation> AllOf(string deviceId) => _incarnations[deviceId];

    /// <summary>Notes an incarnation whose records a request is about.</summary>
    public void Allow(Incarnation subject) => _erasable.Add(subject);

    /// <summary>Notes the identity, twin and queue of a device as they are to be found from now on.</summary>
    public void Knows(HubIdentity device)
    {
        lock (_gate)
        {
            var incarnation = new Incarnation(WorldNames.HubName, device.DeviceId, device.GenerationId);
            if (!_incarnations.TryGetValue(device.DeviceId, out List<Incarnation>? all))
                _incarnations[device.DeviceId] = all = [];
            if (!all.Contains(incarnation))
                all.Add(incarnation);
            _identities[device.DeviceId] = Describe(device);
        }
    }

    /// <summary>Notes that somebody deleted a device, as was theirs to do.</summary>
    public void Forgets(string deviceId) => _identities.Remove(deviceId);

    /// <summary>Notes that records came into a place, or that there are more of them.</summary>
    /// <param name="place">Account and container.</param>
    /// <param name="records">The records; one that is known keeps its owner.</param>
    /// <param name="isOld">Whether they are in an old copy only.</param>
    public void Wrote(string place, IEnumerable<FoundRecord> records, bool isOld = false)
    {
        lock (_gate)
        {
            foreach (FoundRecord record in records)
            {
                if (!_entries.TryGetValue((place, record.Text), out Entry? entry))
                    _entries[(place, record.Text)] = entry = new Entry(OwnersOf(record));
                entry.Expected += isOld ? 0 : 1;
            }
        }
    }

    /// <summary>Notes that somebody else than a request took records away.</summary>
    public void Took(string place, IEnumerable<FoundRecord> records)
    {
        lock (_gate)
        {
            foreach (FoundRecord record in records)
                _entries[(place, record.Text)].Expected--;
        }
    }

    /// <summary>Notes that records were put where they may not have been a moment ago.</summary>
    public void Arrived(string place, IEnumerable<FoundRecord> records)
    {
        lock (_gate)
            _arrived.AddRange(records.Select(record => (place, record.Text)));
    }

    /// <summary>How many arrivals were noted so far.</summary>
    public int Arrivals => _arrived.Count;

    /// <summary>What arrived since then, so that a reading may have missed it rightly.</summary>
    public IReadOnlySet<(string Place, string Text)> ArrivedSince(int arrivals) => _arrived.Skip(arrivals).ToHashSet();

    /// <summary>Whether a record is an incarnation's.</summary>
    public bool IsOf(Incarnation subject, (string Place, string Text) record) =>
        _entries.TryGetValue(record, out Entry? entry) && entry.Owners.Contains(subject);

    /// <summary>What the sandbox holds no more, or otherwise than it was, of anybody of whom nothing is to be erased.</summary>
    public IEnumerable<string> LossesIn(Reading reading)
    {
        foreach (((string place, string text), Entry entry) in _entries.Where(one => !one.Value.Owners.Any(_erasable.Contains)))
        {
            int found = reading.CountOf((place, text));
            if (found != entry.Expected)
                yield return $"{place}: {found} instead of {entry.Expected} of {string.Join(", ", entry.Owners)}: {Shortened(text)}";
            else if (found == 0 && reading.KeepsCopies(place) && !reading.IsInOldCopy((place, text)))
                yield return $"{place}: the last copy is gone of {string.Join(", ", entry.Owners)}: {Shortened(text)}";
        }

        foreach ((string place, string text) in reading.Current.Where(record => !_entries.ContainsKey(record)))
            yield return $"{place}: nobody wrote {Shortened(text)}";
        foreach ((string deviceId, string described) in _identities.Where(one => !_erasable.Contains(CurrentOf(one.Key))))
        {
            string? found = registry.Find(deviceId) is { } device ? Describe(device) : null;
            if (found != described)
                yield return $"registry: {CurrentOf(deviceId)} is {(found is null ? "gone" : "changed: " + found)}";
        }
    }

    private static string Describe(HubIdentity device) =>
        $"{device.GenerationId} {device.ETag} {device.PendingCommands} {device.ToTwinJson().ToJsonString()}";

    private static string Shortened(string text) => text.Length <= 160 ? text : text[..160] + "…";

    /// <summary>What a gateway sent for another device is that device's.</summary>
    private Incarnation[] OwnersOf(FoundRecord record) =>
        record switch
        {
            { Attributed: { Count: > 0 } attributed } => [.. attributed.Select(device => Named(record.Hub, device, generation: null))],
            { DeviceId: { } device } => [Named(record.Hub, device, record.Generation)],
            _ => [],
        };

    private Incarnation Named(string? hub, string device, string? generation) =>
        hub is not null and not WorldNames.HubName ? new Incarnation(hub, device, generation ?? "?")
        : generation is null && _incarnations.TryGetValue(device, out List<Incarnation>? all) ? all[^1]
        : new Incarnation(WorldNames.HubName, device, generation ?? "?");

    private sealed class Entry(IReadOnlyList<Incarnation> owners)
    {
        public IReadOnlyList<Incarnation> Owners => owners;

        /// <summary>How often it has to stand in current blobs, or on its way there.</summary>
        public int Expected { get; set; }
    }
}
