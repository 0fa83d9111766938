using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Sandbox.Storage.Blobs;

/// <summary>Blocks put but not committed, in the order of their first arrival.</summary>
internal sealed class StagedBlocks
{
    /// <summary>The service forgets blocks that nothing has been added to for a week.</summary>
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(7);

    private readonly OrderedDictionary<string, Block> _blocks = new(StringComparer.Ordinal);
    private DateTimeOffset _lastPut;

    public bool IsEmpty => _blocks.Count == 0;

    public int Count => _blocks.Count;

    public IReadOnlyCollection<Block> All => _blocks.Values;

    public DateTimeOffset LastPut => _lastPut;

    public void Put(Block block, DateTimeOffset now)
    {
        _blocks[block.Id] = block;
        _lastPut = now;
    }

    public bool TryGet(string id, [NotNullWhen(true)] out Block? block) => _blocks.TryGetValue(id, out block);

    public void Clear() => _blocks.Clear();

    public void DropStale(DateTimeOffset now)
    {
        if (_lastPut + s_lifetime <= now)
            _blocks.Clear();
    }
}
