using Azure.Messaging.ServiceBus;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>
/// One pass over a queue that shows its messages and locks none. A page can be short for no reason that a client could know: only an empty
/// one is the end. The next page is on its way while one is looked at, and a receiver that failed is replaced by one that goes on behind
/// the last message.
/// </summary>
internal sealed class BusPeek(BusPlace place, Func<ServiceBusReceiver> open) : IAsyncDisposable
{
    /// <summary>As many as the service shows at once.</summary>
    private const int PageSize = 250;

    /// <summary>How often in a row it may fail.</summary>
    private const int MostFailures = 5;

    private ServiceBusReceiver? _receiver;
    private Task<List<BusMessage>>? _next;
    private long _from;
    private int _failures;

    /// <summary>The next messages; none at the end.</summary>
    public async Task<IReadOnlyList<BusMessage>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                List<BusMessage> page = await (_next ?? PeekAsync(cancellationToken));
                _failures = 0;
                _next = null;
                if (page.Count == 0)
                    return page;
                long from = _from;
                foreach (BusMessage message in page)
                    _from = Math.Max(_from, message.SequenceNumber + 1);
                if (_from == from)
                    throw FaultCatalogue.ServiceFailed.Exception(place.Target, "it shows the same messages again and again.");
                _next = PeekAsync(cancellationToken);
                page.RemoveAll(message => message.SequenceNumber < from);
                return page;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                await DisposeAsync();
                if (!MayPass(exception) || ++_failures >= MostFailures)
                    throw BusFaults.IsNotAllowed(exception) ? exception : BusFaults.Translate(exception, place, "read");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody waits for a page that was asked for in vain.
        _ = _next?.ContinueWith(
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
    private bool MayPass(Exception exception) => BusFaults.IsPassing(exception) || (exception is UnauthorizedAccessException && _from > 0);

    private Task<List<BusMessage>> PeekAsync(CancellationToken cancellationToken)
    {
        _receiver ??= open();
        return _receiver
            .PeekMessagesAsync(PageSize, _from, cancellationToken)
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
