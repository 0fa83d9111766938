namespace IotHubDsr.Module.Tests.Erasures;

/// <summary>The routed containers at one moment, as the service holds them.</summary>
internal sealed class ArchiveState
{
    private readonly Dictionary<string, List<ArchivedRecord>> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ListedBlob> _blobs = new(StringComparer.Ordinal);

    public ArchiveState(SandboxControl sandbox)
    {
        foreach (ContainerTruth container in sandbox.World.Containers)
        {
            foreach (ListedBlob blob in sandbox.Blobs(container.Account, container.Container).Where(blob => blob.Sha256 is not null))
                _blobs.Add($"{container.Place}/{blob.Name}", blob);
            foreach ((string name, List<ArchivedRecord> records) in RoutedArchive.Read(sandbox, container))
                _records.Add($"{container.Place}/{name}", records);
        }
    }

    /// <summary>Records by blob.</summary>
    public IReadOnlyDictionary<string, List<ArchivedRecord>> Records => _records;

    public int CountOf(string deviceId) => _records.Values.Sum(records => records.Count(record => record.IsOf(deviceId)));

    /// <summary>
    /// Checks that of all records exactly those that have to go are gone from the blobs that can be changed, in order and to the byte,
    /// and that no other blob was touched.
    /// </summary>
    public void AssertOnlyLost(ArchiveState after, Func<ArchivedRecord, bool> goes, Func<string, bool>? canBeChanged = null)
    {
        foreach ((string blob, List<ArchivedRecord> records) in _records)
        {
            bool changes = (canBeChanged?.Invoke(blob) ?? true) && records.Any(goes);
            IEnumerable<string> kept = records.Where(record => !changes || !goes(record)).Select(record => record.Content);
            Assert.Equal(kept, after._records[blob].Select(record => record.Content));
            if (!changes)
                Assert.Equal(_blobs[blob], after._blobs[blob]);
        }
    }
}
