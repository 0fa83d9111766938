namespace IotHubDsr.Core.Foundation;

/// <summary>
/// The memory that all readers of archives share. Each has a small share, which is enough for what services write; a blob that needs more
/// waits until no other has more. Memory thus does not grow with the number of such blobs read at once.
/// </summary>
internal sealed class ReadingBudget : IDisposable
{
    /// <summary>Bytes that each of a reader's buffers may have without asking.</summary>
    public const int OwnBytes = 1024 * 1024;

    /// <summary>Size of the additional buffers: all of one size, so they can be reused.</summary>
    private const int LargeBytes = (16 * 1024 * 1024) + (512 * 1024);

    private const int MostSpares = 6;

    private readonly SemaphoreSlim _large = new(initialCount: 1);

    // Garbage of this size is collected late, and a spare buffer must not stay forever.
    private readonly List<WeakReference<byte[]>> _spares = [];

    /// <summary>That of the process.</summary>
    public static ReadingBudget OfProcess { get; } = new();

    public Task EnterAsync(CancellationToken cancellationToken) => _large.WaitAsync(cancellationToken);

    public void Leave() => _large.Release();

    public void Dispose() => _large.Dispose();

    /// <summary>A buffer for the reader that has entered; its content is undefined.</summary>
    public byte[] Rent(int least)
    {
        lock (_spares)
        {
            while (least <= LargeBytes && _spares.Count > 0)
            {
                WeakReference<byte[]> spare = _spares[^1];
                _spares.RemoveAt(_spares.Count - 1);
                if (spare.TryGetTarget(out byte[]? buffer))
                    return buffer;
            }
        }

        return GC.AllocateUninitializedArray<byte>(Math.Max(least, LargeBytes));
    }

    /// <summary>Takes back a buffer, if it is one of those.</summary>
    public void Return(byte[] buffer)
    {
        lock (_spares)
        {
            if (buffer.Length == LargeBytes && _spares.Count < MostSpares)
                _spares.Add(new WeakReference<byte[]>(buffer));
        }
    }
}

/// <summary>What the readers of one blob take of the budget; a rewrite and the check that goes along with it take it together.</summary>
internal sealed class ReadingShare(ReadingBudget budget) : IDisposable
{
    private readonly object _gate = new();
    private Task? _entering;

    /// <summary>Waits until this blob may exceed its share; it may do so until it has been read.</summary>
    public ValueTask EnlargeAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _entering ??= budget.EnterAsync(cancellationToken);
            return _entering.IsCompletedSuccessfully ? default : new ValueTask(_entering);
        }
    }

    /// <inheritdoc cref="ReadingBudget.Rent"/>
    public byte[] Rent(int least) => budget.Rent(least);

    /// <inheritdoc cref="ReadingBudget.Return"/>
    public void Return(byte[] buffer) => budget.Return(buffer);

    /// <summary>Only when all readers of the blob are done.</summary>
    public void Dispose()
    {
        if (_entering is { IsCompletedSuccessfully: true })
            budget.Leave();

        _entering = null;
    }
}
