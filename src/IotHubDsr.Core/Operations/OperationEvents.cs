using System.Runtime.CompilerServices;
using System.Threading.Channels;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Operations;

/// <summary>The events of one running operation, on their way to the cmdlet that pulls them.</summary>
internal sealed class OperationEvents
{
    private const int Backlog = 1024;
    private const int AskedAhead = 256;

    private readonly Channel<DsrEvent> _channel = Channel.CreateBounded<DsrEvent>(
        new BoundedChannelOptions(Backlog) { SingleReader = true }
    );

    private OperationEvents() { }

    /// <summary>
    /// Runs work on the thread pool and gives its events. Disposing of the enumerator cancels the work and waits for its end, whatever the
    /// work is doing: no work continues after the caller has left.
    /// </summary>
    public static async IAsyncEnumerable<DsrEvent> RunAsync(
        Func<OperationEvents, CancellationToken, Task> work,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var events = new OperationEvents();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task worker = events.WorkAsync(work, cancellation.Token);
        try
        {
            await foreach (DsrEvent next in events._channel.Reader.ReadAllAsync(CancellationToken.None))
                yield return next;
            await worker;
        }
        finally
        {
            await cancellation.CancelAsync();

            // What workers still have to say is let in and dropped: one that waits for room would never see that it is cancelled.
            await foreach (DsrEvent _ in events._channel.Reader.ReadAllAsync(CancellationToken.None))
                continue;
            await worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask EmitAsync(DsrEvent next, CancellationToken cancellationToken) => _channel.Writer.WriteAsync(next, cancellationToken);

    /// <summary>Failures of parts; the rest continues.</summary>
    public async ValueTask ReportAsync(IEnumerable<Fault> faults, CancellationToken cancellationToken)
    {
        foreach (Fault fault in faults)
            await EmitAsync(new FaultEvent(fault), cancellationToken);
    }

    public ValueTask OutputAsync<T>(T value, CancellationToken cancellationToken)
        where T : class => EmitAsync(new OutputEvent<T>(value), cancellationToken);

    /// <summary>Asks one question and waits for its answer.</summary>
    public async Task<bool> AskAsync(ConfirmationEvent question, CancellationToken cancellationToken)
    {
        await EmitAsync(question, cancellationToken);
        return await question.Answered.WaitAsync(cancellationToken);
    }

    /// <summary>Asks about each of many, some ahead of the answers, and returns those that were approved.</summary>
    public async Task<IReadOnlyList<T>> AskAsync<T>(
        IEnumerable<T> many,
        Func<T, ConfirmationEvent> questionOf,
        CancellationToken cancellationToken
    )
    {
        List<T> approved = [];
        foreach (T[] some in many.Chunk(AskedAhead))
        {
            ConfirmationEvent[] questions = Array.ConvertAll(some, one => questionOf(one));
            foreach (ConfirmationEvent question in questions)
                await EmitAsync(question, cancellationToken);
            for (int index = 0; index < some.Length; index++)
            {
                if (await questions[index].Answered.WaitAsync(cancellationToken))
                    approved.Add(some[index]);
            }
        }

        return approved;
    }

    private async Task WorkAsync(Func<OperationEvents, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        OperationNotices.Listen(next => _channel.Writer.TryWrite(next));
        using IDisposable garbage = YoungGarbage.Bound();
        try
        {
            await work(this, cancellationToken);
        }
        catch (Exception exception)
            when (exception is not (DsrException or OperationCanceledException) && cancellationToken.IsCancellationRequested)
        {
            // Whatever breaks off in a cancelled operation is its end and not its failure.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (Exception exception) when (exception is not DsrException && !cancellationToken.IsCancellationRequested)
        {
            throw AzureFaults.Unforeseen(exception, "The operation");
        }
        finally
        {
            _channel.Writer.TryComplete();
        }
    }
}
