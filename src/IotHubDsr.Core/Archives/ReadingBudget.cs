namespace IotHubDsr.Archives;

/// <summary>
/// The memory that all readers of archives share. Each has a little of its own, which is enough for what services write; a blob that needs more
/// has to wait until no other has more. So what a process takes does not grow with the number of such blobs that are read at once.
/// </summary>
internal sealed class ReadingBudget
{
    /// <summary>Bytes that each of a reader's buffers may have without asking.</summary>
    public const int OwnBytes = 1024 * 1024;

    private readonly SemaphoreSlim _large = new(initialCount: 1);

    /// <summary>That of the process.</summary>
    public static ReadingBudget OfProcess { get; } = new();

    public Task EnterAsync(CancellationToken cancellationToken) => _large.WaitAsync(cancellationToken);

    public void Leave() => _large.Release();
}

/// <summary>What the readers of one blob take of the budget; a rewrite and the check that goes along with it take it together.</summary>
internal sealed class ReadingShare(ReadingBudget budget) : IDisposable
{
    private readonly object _gate = new();
    private Task? _entering;

    /// <summary>Waits until this blob may take more than its own bytes. It then may until it has been read.</summary>
    public ValueTask EnlargeAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _entering ??= budget.EnterAsync(cancellationToken);
            return _entering.IsCompletedSuccessfully ? default : new ValueTask(_entering);
        }
    }

    /// <summary>Only when all readers of the blob are done.</summary>
    public void Dispose()
    {
        if (_entering is { IsCompletedSuccessfully: true })
        {
            budget.Leave();
        }

        _entering = null;
    }
}
