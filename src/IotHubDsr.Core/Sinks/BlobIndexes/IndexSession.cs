using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>
/// The index while one place is read for some devices: tells which blobs none of them can be in, and takes entries for blobs that are read.
/// Safe for several readers at once.
/// </summary>
internal sealed class IndexSession
{
    private readonly IndexStore _store;
    private readonly IndexKey _key;
    private readonly IndexUse _use;
    private readonly string _reading;
    private readonly byte[] _place;
    private readonly DateTimeOffset _now;
    private readonly ulong[] _wanted;
    private readonly List<(string Name, DateTimeOffset ReadAt, int Length)> _packs = [];
    private readonly Dictionary<UInt128, Known> _known = [];
    private readonly object _gate = new();
    private IReadOnlySet<string> _knownDrops = new HashSet<string>();
    private IndexPack.Writer _writer;
    private bool _isBroken;

    private IndexSession(
        IndexStore store,
        IndexKey key,
        IndexUse use,
        IndexedPlace place,
        IEnumerable<byte[]> deviceIds,
        DateTimeOffset now
    )
    {
        _store = store;
        _key = key;
        _use = use;
        _reading = place.Reading;
        _place = key.Place(place.Name);
        _now = now;
        _wanted = [.. deviceIds.Select(id => key.Device(id)).Order()];
        _writer = new IndexPack.Writer(key, _place, now);
    }

    /// <summary>How many entries there are, whether their blobs still exist or not.</summary>
    public int Entries => _known.Count;

    /// <summary>Size in bytes of its packs.</summary>
    public long Size => _packs.Sum(static pack => (long)pack.Length);

    /// <summary>How many blobs were left out by <see cref="Excludes"/>.</summary>
    public int Excluded { get; private set; }

    /// <summary>When the oldest of the readings began that these rest on.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>How many entries were added.</summary>
    public int Added { get; private set; }

    /// <summary>Why the index could not be written; null while it can.</summary>
    public Exception? Failure { get; private set; }

    private bool IsUsed => _use is IndexUse.Use or IndexUse.Renew;

    /// <summary>Reads what the index knows of a place; null where an ID cannot be in any index.</summary>
    public static async Task<IndexSession?> OpenAsync(
        IndexStore store,
        IndexKey key,
        IndexUse use,
        IndexedPlace place,
        SubjectIndex subjects,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        byte[][] ids = IdsOf(subjects);
        if (ids.Any(static id => id.Length > AskedNames.LongestId))
            return null;
        var session = new IndexSession(store, key, use, place, ids, now);
        IndexNames names = await store.NamesAsync(cancellationToken);
        session._knownDrops = names.Drops;
        await foreach (StoredPack pack in store.PacksAsync(names, key, session._place, cancellationToken))
            session.Take(pack);
        return session;
    }

    /// <summary>For a process that reads blobs for another: it makes entries, and knows none.</summary>
    public static IndexSession ForEntries(IndexStore store, IndexKey key, IndexedPlace place, SubjectIndex subjects, DateTimeOffset now) =>
        new(store, key, IndexUse.Extend, place, IdsOf(subjects), now);

    /// <summary>Whether no device that is looked for can be in a blob: then reading it finds nothing.</summary>
    public bool Excludes(ListedBlob blob)
    {
        UInt128 content = ContentOf(blob);
        lock (_gate)
        {
            if (!_known.TryGetValue(content, out Known known))
                return false;
            _known[content] = known with { IsListed = true };
            if (!IsUsed || known.MayHold)
                return false;
            Excluded++;
            DateTimeOffset readAt = _packs[known.Pack].ReadAt;
            Since = Since < readAt ? Since : readAt;
            return true;
        }
    }

    /// <summary>What has to note the questions of a walk over a blob, so that it can be added; null where that is not needed.</summary>
    public AskedNames? Note(ListedBlob blob)
    {
        if (_use is IndexUse.None)
            return null;
        UInt128 content = ContentOf(blob);
        lock (_gate)
            return _isBroken || _known.ContainsKey(content) ? null : new AskedNames();
    }

    /// <summary>
    /// The entry of a blob that was read to its end. One that holds something of the devices has none: it can be about to change, and an
    /// erasure must not leave its devices here.
    /// </summary>
    public IndexEntry? EntryOf(ListedBlob blob, AskedNames asked)
    {
        if (!asked.IsComplete)
            return null;
        ulong[] hashes = new ulong[asked.Count];
        for (int index = 0; index < hashes.Length; index++)
            hashes[index] = _key.Device(asked[index]);
        var entry = new IndexEntry(ContentOf(blob), hashes.Length, GolombSet.Encode(hashes));
        return entry.HoldsAny(_wanted) ? null : entry;
    }

    public async ValueTask AddAsync(IndexEntry entry, CancellationToken cancellationToken)
    {
        IndexPack.Writer? full = null;
        lock (_gate)
        {
            if (_isBroken || !_known.TryAdd(entry.Content, new Known(Pack: -1, MayHold: true, IsListed: true)))
                return;
            _writer.Add(entry);
            Added++;
            if (_writer.IsFull)
                (full, _writer) = (_writer, new IndexPack.Writer(_key, _place, _now));
        }

        if (full is not null)
            await SaveAsync(full, cancellationToken);
    }

    /// <summary>Saves what was added; then drops entries of contents that were not listed, where the index is renewed.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        IndexPack.Writer last;
        lock (_gate)
            (last, _writer) = (_writer, new IndexPack.Writer(_key, _place, _now));
        await SaveAsync(last, cancellationToken);
        if (_use is IndexUse.Renew && !_isBroken)
            await new IndexTidying(_store, _key, _place, _knownDrops).RunAsync(_packs, IsLive, cancellationToken);
    }

    private bool IsLive(UInt128 content, int pack) => _known.TryGetValue(content, out Known known) && known.IsListed && known.Pack == pack;

    private static byte[][] IdsOf(SubjectIndex subjects) =>
        [.. Enumerable.Range(0, subjects.Count).Select(subject => System.Text.Encoding.UTF8.GetBytes(subjects[subject]))];

    private void Take(StoredPack stored)
    {
        int number = _packs.Count;
        _packs.Add((stored.Name, stored.Pack.ReadAt, stored.Length));
        foreach (IndexEntry entry in stored.Pack.Entries)
            _known[entry.Content] = new Known(number, entry.HoldsAny(_wanted), IsListed: false);
    }

    private UInt128 ContentOf(ListedBlob blob) => _key.Content(_reading, blob.Path, blob.ETag.ToString("H"), blob.Length);

    /// <summary>An index that cannot be written costs time, and nothing else.</summary>
    private async Task SaveAsync(IndexPack.Writer writer, CancellationToken cancellationToken)
    {
        if (writer.Count == 0)
            return;
        try
        {
            await _store.SaveAsync(_key, _place, writer, _knownDrops, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
                _isBroken = true;
            Failure ??= exception;
        }
    }

    /// <summary>What is known of a content.</summary>
    /// <param name="Pack">Number of the pack; -1 for one that is not read back.</param>
    /// <param name="MayHold">Whether a device that is looked for may be in it.</param>
    /// <param name="IsListed">Whether a blob with the content was listed.</param>
    private readonly record struct Known(int Pack, bool MayHold, bool IsListed);
}

/// <summary>A place of which blobs are indexed.</summary>
/// <param name="Name">What tells it from others.</param>
/// <param name="Reading">The same, with everything that decides which device IDs a reading of it finds.</param>
internal sealed record IndexedPlace(string Name, string Reading);
