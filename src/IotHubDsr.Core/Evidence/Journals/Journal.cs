using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>
/// The journal of a request, open for writing. Lines that are added at once are written together; each caller continues when its line is
/// durable. After a failure nothing more is written, and every further append fails: nothing is destroyed that is not recorded.
/// </summary>
internal sealed class Journal(IJournalFile file, RequestState state, TimeProvider time) : ISendingFence, IAsyncDisposable
{
    /// <summary>What every append blob takes at once.</summary>
    public const int LargestBlock = 4 * 1024 * 1024;

    private const int LargestBatch = 1024 * 1024;

    private readonly Queue<Entry> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _lost = CancellationTokenSource.CreateLinkedTokenSource(file.Lost);
    private Exception? _failure;

    public RequestState State => state;

    /// <summary>Cancelled when nothing can be recorded any more: work in progress must end.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Why nothing can be recorded any more.</summary>
    public Fault Fault =>
        FaultCatalogue.EvidenceFailed.For(state.RequestId, _failure is null ? "The lease was lost." : Reason.Of(_failure));

    /// <summary>Appends a line and waits until it is durable.</summary>
    public async Task AppendAsync(JournalEvent next, CancellationToken cancellationToken)
    {
        var entry = new Entry(next);
        lock (_waiting)
            _waiting.Enqueue(entry);

        await _turn.WaitAsync(cancellationToken);
        try
        {
            // The previous holder of the turn may have written it already.
            while (entry is { IsKept: false, IsTooLarge: false })
                await WriteBatchAsync(cancellationToken);
            if (entry.IsTooLarge)
            {
                throw FaultCatalogue.EvidenceFailed.Exception(
                    state.RequestId,
                    $"A line of the journal would be larger than {ByteSize.Format(LargestBlock)}."
                );
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask RequireAsync(CancellationToken cancellationToken) => file.RequireAsync(cancellationToken);

    /// <summary>Checks that the journal is still intact before something is saved that refers to it.</summary>
    /// <exception cref="DsrException">The journal is gone, or is not what was written.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await GuardAsync(() => file.CheckAsync(cancellationToken), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        await file.DisposeAsync();
        _lost.Dispose();
    }

    private async Task WriteBatchAsync(CancellationToken cancellationToken)
    {
        if (_failure is not null)
            throw new DsrException(Fault, _failure);

        // Not later: the lines of a batch are others' as well, and one that is cut would have to be cut off again.
        cancellationToken.ThrowIfCancellationRequested();
        List<Entry> batch = [];
        using var bytes = new MemoryStream();
        JournalHead head = state.Head;
        List<(JournalLine Line, JournalHead Head)> written = [];
        while (bytes.Length < LargestBatch && TryPeek(out Entry? entry))
        {
            var line = new JournalLine(head.Lines + 1, time.GetUtcNow(), entry!.Event);
            (byte[] text, JournalHead next) = line.Write(head);
            if (bytes.Length > 0 && bytes.Length + text.Length > LargestBlock)
                break;
            Take();
            if (text.Length > LargestBlock)
            {
                entry.IsTooLarge = true;
                continue;
            }

            head = next;
            bytes.Write(text);
            written.Add((line, head));
            batch.Add(entry);
        }

        if (batch.Count == 0)
            return;
        await GuardAsync(() => file.AppendAsync(bytes.ToArray(), CancellationToken.None), CancellationToken.None);
        foreach ((JournalLine line, JournalHead now) in written)
            state.Apply(line, now);
        foreach (Entry entry in batch)
            entry.IsKept = true;
    }

    private async Task GuardAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _failure ??= exception;
            await _lost.CancelAsync();
            throw new DsrException(Fault, exception);
        }
    }

    private bool TryPeek(out Entry? entry)
    {
        lock (_waiting)
            return _waiting.TryPeek(out entry);
    }

    private void Take()
    {
        lock (_waiting)
            _waiting.Dequeue();
    }

    private sealed class Entry(JournalEvent next)
    {
        public JournalEvent Event => next;

        public bool IsKept { get; set; }

        public bool IsTooLarge { get; set; }
    }
}
