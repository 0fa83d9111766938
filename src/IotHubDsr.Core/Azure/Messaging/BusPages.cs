using Azure.Messaging.ServiceBus;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>
/// Pages of a queue that show messages and lock none. A receiver that failed is replaced by one that asks for the same page again.
/// </summary>
internal sealed class BusPages(BusPlace place, Func<ServiceBusReceiver> open) : IAsyncDisposable
{
    /// <summary>How often in a row it may fail.</summary>
    private const int MostFailures = 5;

    private ServiceBusReceiver? _receiver;
    private (long From, Task<List<BusMessage>> Page)? _next;
    private bool _hasRead;

    /// <summary>How many to ask for: as many as the service shows at once, unless fewer will do.</summary>
    public int PageSize { get; init; } = 250;

    /// <summary>Asks for a page before it is needed.</summary>
    public void Expect(long from, CancellationToken cancellationToken) => _next = (from, PeekAsync(from, cancellationToken));

    /// <summary>The messages from a number on; none at the end of the queue, or of some of its partitions.</summary>
    public async Task<List<BusMessage>> GetAsync(long from, CancellationToken cancellationToken)
    {
        int failures = 0;
        while (true)
        {
            try
            {
                List<BusMessage> page = await (_next is { } next && next.From == from ? next.Page : PeekAsync(from, cancellationToken));
                _next = null;
                _hasRead = true;
                return page;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                await DisposeAsync();
                if (!MayPass(exception) || ++failures >= MostFailures)
                    throw BusFaults.IsNotAllowed(exception) ? exception : BusFaults.Translate(exception, place, "read");
            }
        }
    }

    /// <summary>As <see cref="GetAsync(long, CancellationToken)"/>, of several numbers, all on their way at once.</summary>
    public async Task<IReadOnlyList<List<BusMessage>>> GetAsync(IReadOnlyCollection<long> froms, CancellationToken cancellationToken)
    {
        Task<List<BusMessage>>[] first = [.. froms.Select(from => PeekAsync(from, cancellationToken))];
        await ((Task)Task.WhenAll(first)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var pages = new List<List<BusMessage>>(first.Length);
        foreach ((long from, Task<List<BusMessage>> page) in froms.Zip(first))
            pages.Add(await (page.IsCompletedSuccessfully ? page : GetAsync(from, cancellationToken)));
        _hasRead = true;
        return pages;
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody waits for a page that was asked for in vain.
        _ = _next?.Page.ContinueWith(
            static failed => failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );
        _next = null;
        if (_receiver is not { } receiver)
            return;
        _receiver = null;
        await BusClient.CloseAsync(receiver);
    }

    /// <summary>A token can end before its time, which the next receiver's does not; what was never allowed is not tried again.</summary>
    private bool MayPass(Exception exception) => BusFaults.IsPassing(exception) || (exception is UnauthorizedAccessException && _hasRead);

    private Task<List<BusMessage>> PeekAsync(long from, CancellationToken cancellationToken)
    {
        _receiver ??= open();
        return _receiver
            .PeekMessagesAsync(PageSize, from, cancellationToken)
            .ContinueWith(
                static shown => BusMessages.Of(shown.GetAwaiter().GetResult()),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
    }
}

/// <summary>Makes messages of what the client gives.</summary>
internal static class BusMessages
{
    public static List<BusMessage> Of(IReadOnlyList<ServiceBusReceivedMessage> received)
    {
        var messages = new List<BusMessage>(received.Count);
        for (int index = 0; index < received.Count; index++)
            messages.Add(new BusMessage(received[index]));
        return messages;
    }
}
