using System.Collections.Concurrent;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// What two sinks read of the same thing within one look: it is asked for once. The second one takes it, so that nothing is kept which was
/// read some time ago.
/// </summary>
internal sealed class SharedReads
{
    private readonly ConcurrentDictionary<string, Lazy<Task<object?>>> _reads = new(StringComparer.Ordinal);

    /// <summary>Whether most of what is looked for is expected to be gone.</summary>
    public bool IsAfterErasure { get; init; }

    /// <summary>What the other sink reads, or has just read, under the same name; else reads it.</summary>
    public async Task<T?> ReadAsync<T>(string name, Func<Task<T?>> read)
        where T : class
    {
        var own = new Lazy<Task<object?>>(async () => await read());
        Lazy<Task<object?>> shared = _reads.GetOrAdd(name, own);
        if (shared == own)
            return (T?)await own.Value;
        _reads.TryRemove(name, out _);
        try
        {
            return (T?)await shared.Value;
        }
        catch (OperationCanceledException)
        {
            // The other one's work was ended, and not necessarily this one's.
            return await read();
        }
    }
}
