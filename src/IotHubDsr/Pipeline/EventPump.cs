namespace IotHubDsr.Pipeline;

/// <summary>
/// Pulls the events of one operation on the pipeline thread. Disposing of it cancels the operation and waits until its workers have
/// ended: nothing goes on behind a returned prompt. It is the one place that blocks.
/// </summary>
internal sealed class EventPump : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly IAsyncEnumerator<DsrEvent> _events;
    private Task<bool>? _next;
    private bool _ended;

    public EventPump(Func<CancellationToken, IAsyncEnumerable<DsrEvent>> start) =>
        _events = OutsideContext(() => start(_cancellation.Token).GetAsyncEnumerator(_cancellation.Token));

    /// <summary>Ends when an event is there or the operation has ended; for waiting on it together with something else.</summary>
    public Task Arrival => _ended ? Task.CompletedTask : Next;

    private Task<bool> Next => _next ??= OutsideContext(() => _events.MoveNextAsync().AsTask());

    /// <summary>Takes an event that is there already.</summary>
    public DsrEvent? TakeAvailable() => !_ended && Next.IsCompleted ? Take() : null;

    /// <summary>Waits for the next event; null when the operation has ended.</summary>
    public DsrEvent? Take()
    {
        if (_ended)
            return null;

        Task<bool> next = Next;
        _next = null;
        try
        {
            _ended = !next.GetAwaiter().GetResult();
        }
        catch
        {
            _ended = true;
            throw;
        }

        return _ended ? null : _events.Current;
    }

    /// <summary>May be called from any thread, also while another one waits in <see cref="Take"/>.</summary>
    public void Cancel() => _cancellation.Cancel();

    public void Dispose()
    {
        _cancellation.Cancel();
        try
        {
            // An iterator must not be disposed of while it moves.
            _next?.GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // Nobody is left to be told: the pipeline has ended for another reason.
        }

        OutsideContext(() => _events.DisposeAsync().AsTask()).GetAwaiter().GetResult();
        _cancellation.Dispose();
    }

    /// <summary>
    /// Starts work without the synchronization context of the host, if it has one: this thread blocks until the work ends, so nothing may
    /// be posted back to it. It is the one place that sees to that; Core never configures an await.
    /// </summary>
    private static T OutsideContext<T>(Func<T> start)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return start();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
