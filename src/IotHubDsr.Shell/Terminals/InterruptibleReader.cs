namespace IotHubDsr.Shell.Terminals;

/// <summary>
/// Reads from the console on a thread of its own, once for each time somebody asks, so that a wait for input can be
/// given up. What arrives afterwards is handed to whoever asks next.
/// </summary>
internal sealed class InterruptibleReader<T>(Func<T> read)
{
    private Task<T>? _pending;

    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public T Read(CancellationToken interrupted)
    {
        _pending ??= Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task.WaitAny([_pending], interrupted);
        Task<T> finished = _pending;
        _pending = null;
        return finished.GetAwaiter().GetResult();
    }
}
