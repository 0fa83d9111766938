using System.Collections.Concurrent;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Tests.Sinks.BlobIndexes;

/// <summary>The files of an index in memory.</summary>
internal sealed class MemoryFiles : IIndexFiles
{
    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>What saving a file fails with.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Runs before a file is saved.</summary>
    public Action<string>? Saving { get; set; }

    public string Place => "memory";

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. Files.Keys]);

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Files.GetValueOrDefault(name));

    public Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Saving?.Invoke(name);
        return Refusal is not null ? Task.FromException(Refusal)
            : Files.TryAdd(name, content.ToArray()) ? Task.CompletedTask
            : Task.FromException(new IOException($"'{name}' exists."));
    }

    public Task<KeptCopies> KeptCopiesAsync(CancellationToken cancellationToken) => Task.FromResult<KeptCopies>(default);

    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        Files.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
