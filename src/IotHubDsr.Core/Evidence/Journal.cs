namespace IotHubDsr.Evidence;

/// <summary>
/// The journal of a request, open for writing. Lines that are added at once are written together; each caller goes on when its line is
/// kept. After a failure nothing is written any more, and whoever wants to put something on record is told so: nothing is destroyed that
/// is not on record.
/// </summary>
internal sealed class Journal(IJournalFile file, RequestState state, TimeProvider time) : IAsyncDisposable
{
    private const int LargestBatch = 1024 * 1024;

    private readonly Queue<Entry> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Exception? _failure;

    public RequestState State => state;

    public CancellationToken Lost => file.Lost;

    /// <summary>Adds a line and waits until it is kept.</summary>
    public async Task AppendAsync(JournalEvent next, CancellationToken cancellationToken)
    {
        var entry = new Entry(next);
        lock (_waiting)
            _waiting.Enqueue(entry);

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Whoever had the turn before may have written it already.
            while (!entry.IsKept)
                await WriteBatchAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        await file.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WriteBatchAsync(CancellationToken cancellationToken)
    {
        if (_failure is not null)
            throw FaultCatalogue.EvidenceFailed.Exception(state.RequestId, _failure.Message);

        // Not later: the lines of a batch are others' as well, and one that is cut would have to be cut off again.
        cancellationToken.ThrowIfCancellationRequested();
        List<Entry> batch = [];
        using var bytes = new MemoryStream();
        JournalHead head = state.Head;
        List<(JournalLine Line, JournalHead Head)> written = [];
        while (bytes.Length < LargestBatch && TryTake(out Entry? entry))
        {
            var line = new JournalLine(head.Lines + 1, time.GetUtcNow(), entry!.Event);
            (byte[] text, head) = line.Write(head);
            bytes.Write(text);
            written.Add((line, head));
            batch.Add(entry);
        }

        try
        {
            await file.AppendAsync(bytes.ToArray(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _failure = exception;
            throw new DsrException(FaultCatalogue.EvidenceFailed.For(state.RequestId, exception.Message), exception);
        }

        foreach ((JournalLine line, JournalHead now) in written)
            state.Apply(line, now);
        foreach (Entry entry in batch)
            entry.IsKept = true;
    }

    private bool TryTake(out Entry? entry)
    {
        lock (_waiting)
            return _waiting.TryDequeue(out entry);
    }

    private sealed class Entry(JournalEvent next)
    {
        public JournalEvent Event => next;

        public bool IsKept { get; set; }
    }
}
