using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>A rule of object replication: block blobs of one container are copied to another one, which nobody else can write to.</summary>
/// <param name="PolicyId">The policy that the rule is in.</param>
/// <param name="Source">The container that is copied.</param>
/// <param name="Destination">Where to.</param>
internal sealed record BlobReplication(string PolicyId, BlobContainer Source, BlobContainer Destination)
{
    private readonly Dictionary<string, string> _copied = new(StringComparer.Ordinal);

    public string RuleId { get; } = Guid.NewGuid().ToString();

    /// <summary>What the names of copied blobs begin with; none for all.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Whether nothing is copied for the time being: the service promises no time.</summary>
    public bool IsBehind { get; set; }

    /// <summary>Copies what was written, and deletes what was deleted, since the last time.</summary>
    public void CatchUp()
    {
        lock (_copied)
        {
            if (IsBehind)
                return;
            Dictionary<string, BlobRevision> now = Read();
            lock (Destination.Gate)
            {
                foreach ((string name, BlobRevision revision) in now.Where(blob => _copied.GetValueOrDefault(blob.Key) != blob.Value.ETag))
                {
                    Destination.GetOrAddEntry(name).Replace(revision with { ETag = Destination.Account.Clock.NextETag() });
                    _copied[name] = revision.ETag;
                }

                foreach (string gone in _copied.Keys.Where(name => !now.ContainsKey(name)).ToList())
                {
                    Destination.Delete(gone);
                    _copied.Remove(gone);
                }
            }
        }
    }

    private Dictionary<string, BlobRevision> Read()
    {
        lock (Source.Gate)
        {
            Dictionary<string, BlobRevision> found = new(StringComparer.Ordinal);
            foreach (BlobEntry entry in Source.Blobs.From(""))
            {
                entry.CatchUp();
                bool isMeant = Prefixes.Count == 0 || Prefixes.Any(prefix => entry.Name.StartsWith(prefix, StringComparison.Ordinal));
                if (isMeant && entry.Current is { Kind: BlobKind.Block, IsDirectory: false } current)
                    found[entry.Name] = current;
            }

            return found;
        }
    }
}
