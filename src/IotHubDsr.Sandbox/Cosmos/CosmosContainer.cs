using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.Cosmos;

/// <summary>
/// A container and its documents, in the order in which they were made. Callers hold <see cref="Gate"/>: a document is read and changed
/// in one step.
/// </summary>
internal sealed class CosmosContainer
{
    private readonly TimeProvider _time;
    private readonly Dictionary<(string Key, string Id), StoredDocument> _byId = [];
    private readonly List<SortedSet<StoredDocument>> _byRange;
    private readonly Dictionary<string, StoredDocument> _unique = new(StringComparer.Ordinal);
    private long _numbers;

    public CosmosContainer(CosmosDatabase database, string name, string rid, CosmosContainerOptions options, TimeProvider time)
    {
        (Database, Name, Rid, Options, _time) = (database, name, rid, options, time);
        Ranges = PartitionKeyRange.Split(options.RangeCount);
        _byRange = [.. Ranges.Select(_ => new SortedSet<StoredDocument>(StoredDocument.ByNumber))];
        Timestamp = Now;
    }

    public CosmosDatabase Database { get; }

    public string Name { get; }

    public string Rid { get; }

    public CosmosContainerOptions Options { get; set; }

    public IReadOnlyList<PartitionKeyRange> Ranges { get; }

    public long Timestamp { get; }

    public Lock Gate { get; } = new();

    /// <summary>Counts the writes.</summary>
    public long SequenceNumber { get; private set; }

    public string Self => $"dbs/{Database.Rid}/colls/{Rid}/";

    public long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The documents that have not outlived their time, by range and in each by age.</summary>
    public IEnumerable<StoredDocument> Documents => Enumerable.Range(0, Ranges.Count).SelectMany(range => After(range, 0));

    /// <summary>The documents of a range that were made after the one with the given number.</summary>
    public IEnumerable<StoredDocument> After(int range, long number)
    {
        long now = Now;
        SortedSet<StoredDocument> documents = _byRange[range];
        if (documents.Max is not { } last || last.Number <= number)
            return [];

        return documents
            .GetViewBetween(StoredDocument.Bound(number + 1), StoredDocument.Bound(long.MaxValue))
            .Where(document => !document.IsExpiredAt(now, Options.DefaultTimeToLive));
    }

    public bool TryGet(PartitionKeyValue key, string id, [NotNullWhen(true)] out StoredDocument? document) =>
        _byId.TryGetValue((key.Text, id), out document) && !document.IsExpiredAt(Now, Options.DefaultTimeToLive);

    /// <summary>Stores a document under the ID in it, in the place of <paramref name="replaced"/>.</summary>
    /// <returns>Null when a unique key or, of a new document, its ID is taken.</returns>
    public StoredDocument? Put(JsonElement content, string id, PartitionKeyValue key, StoredDocument? replaced)
    {
        if (replaced is null && TryGet(key, id, out _))
            return null;

        string[] unique = [.. Options.UniqueKeys.Select((paths, index) => UniqueText(index, paths, key, content))];
        long now = Now;
        if (unique.Any(text => IsTaken(text, replaced, now)))
            return null;

        if (replaced is not null || _byId.TryGetValue((key.Text, id), out replaced))
            Forget(replaced);

        SequenceNumber++;
        long number = replaced is null || replaced.IsExpiredAt(now, Options.DefaultTimeToLive) ? ++_numbers : replaced.Number;
        string effective = EffectivePartitionKey.Of(key);
        int range = Ranges.Index().First(one => one.Item.Contains(effective)).Index;
        var document = StoredDocument.Create(content, id, key, this, new(number, range, effective, SequenceNumber, now, unique));
        _byId[(key.Text, id)] = document;
        _byRange[range].Add(document);
        foreach (string text in unique)
            _unique[text] = document;

        return document;
    }

    public void Remove(StoredDocument document)
    {
        SequenceNumber++;
        Forget(document);
    }

    private bool IsTaken(string text, StoredDocument? replaced, long now) =>
        _unique.TryGetValue(text, out StoredDocument? other)
        && other.Number != replaced?.Number
        && !other.IsExpiredAt(now, Options.DefaultTimeToLive);

    private void Forget(StoredDocument document)
    {
        _byId.Remove((document.Key.Text, document.Id));
        _byRange[document.Place.Range].Remove(document);
        foreach (string text in document.Place.UniqueTexts)
        {
            if (_unique.TryGetValue(text, out StoredDocument? holder) && holder.Number == document.Number)
                _unique.Remove(text);
        }
    }

    private static string UniqueText(int index, IReadOnlyList<string> paths, PartitionKeyValue key, JsonElement content)
    {
        IEnumerable<string> values = paths.Select(path =>
            DocumentPath.Find(content, path) is { ValueKind: not JsonValueKind.Undefined } value ? value.GetRawText() : "{}"
        );
        return $"{index}\n{key.Text}\n{string.Join('\n', values)}";
    }
}
