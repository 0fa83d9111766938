namespace IotHubDsr.Core.Foundation;

/// <summary>
/// A number of shares that work takes and returns. Who comes first is served first: work that takes many is not passed over for ever by
/// work that takes few.
/// </summary>
internal sealed class WorkShares
{
    private readonly Queue<Waiter> _waiting = new();
    private readonly int _capacity;
    private int _free;

    public WorkShares(int capacity) => _capacity = _free = capacity;

    /// <summary>Waits until the shares are there; more than there are at all counts as all of them.</summary>
    public Task TakeAsync(int shares, CancellationToken cancellationToken)
    {
        shares = Math.Min(shares, _capacity);
        lock (_waiting)
        {
            if (_waiting.Count == 0 && _free >= shares)
            {
                _free -= shares;
                return Task.CompletedTask;
            }

            var waiter = new Waiter(shares);
            _waiting.Enqueue(waiter);
            return WaitAsync(waiter, cancellationToken);
        }
    }

    /// <param name="shares">As many as were asked for.</param>
    public void Return(int shares)
    {
        lock (_waiting)
        {
            _free += Math.Min(shares, _capacity);
            Serve();
        }
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            // Whoever stands behind it need not wait for it any longer.
            if (!waiter.TrySetCanceled(cancellationToken))
                return;
            lock (_waiting)
                Serve();
        });
        await waiter.Task;
    }

    private void Serve()
    {
        while (_waiting.TryPeek(out Waiter? first) && (first.Task.IsCanceled || first.Shares <= _free))
        {
            _waiting.Dequeue();
            if (first.TrySetResult())
                _free -= first.Shares;
        }
    }

    private sealed class Waiter(int shares) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Shares => shares;
    }
}
