namespace IotHubDsr.Core.Distribution;

/// <summary>
/// Lets units of a worker run side by side, but one that a process was lost with alone: if it ends this process as well, no other unit is
/// held responsible for that.
/// </summary>
internal sealed class UnitTurns
{
    private readonly object _lock = new();
    private readonly Queue<(TaskCompletionSource Turn, bool Alone)> _waiting = new();
    private int _running;
    private bool _isOneAlone;

    /// <summary>Waits for its turn, which lasts until the result is disposed of; nobody overtakes.</summary>
    public async Task<IDisposable> EnterAsync(bool alone, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue((turn, alone));
            LetIn();
        }

        await using (cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken)))
            await turn.Task;
        return new Turn(this, alone);
    }

    private void LetIn()
    {
        while (_waiting.TryPeek(out (TaskCompletionSource Turn, bool Alone) next) && !_isOneAlone && !(next.Alone && _running > 0))
        {
            _waiting.Dequeue();
            if (!next.Turn.TrySetResult())
                continue;
            _running++;
            _isOneAlone = next.Alone;
        }
    }

    private void Leave(bool alone)
    {
        lock (_lock)
        {
            _running--;
            _isOneAlone &= !alone;
            LetIn();
        }
    }

    private sealed class Turn(UnitTurns turns, bool alone) : IDisposable
    {
        public void Dispose() => turns.Leave(alone);
    }
}
