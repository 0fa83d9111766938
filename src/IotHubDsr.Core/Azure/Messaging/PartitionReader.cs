using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Primitives;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>
/// One pass over a partition. A receiver that failed is replaced by one that begins at the next event, so that none comes twice and none is
/// missed; what the place itself refuses is not tried again, but for a consumer group without room: readers come and go.
/// </summary>
/// <param name="place">The event hub.</param>
/// <param name="span">What is read.</param>
/// <param name="open">Opens a receiver, from a sequence number on.</param>
/// <param name="pause">How long to wait for room at first.</param>
internal sealed class PartitionReader(
    EventHubPlace place,
    PartitionSpan span,
    Func<PartitionSpan, long?, PartitionReceiver> open,
    TimeSpan pause
) : IAsyncDisposable
{
    private const int BatchSize = 100;

    /// <summary>How often in a row it may fail, or give nothing although there is something.</summary>
    private const int MostFailures = 5;

    private const int MostRefusals = 4;
    private const int Longer = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private PartitionReceiver? _receiver;
    private long? _next;
    private int _failures;
    private int _refusals;

    /// <summary>Whether the consumer group had no room for one more reader.</summary>
    public bool WasFull => _refusals > 0;

    /// <summary>Whether the last event has been received that there was when the reading began.</summary>
    public bool IsAtEnd => _next > span.Last;

    /// <summary>Whether it has been waited in vain since the last event came: what is not there any more does not come.</summary>
    public bool HasWaited { get; private set; }

    /// <summary>Some events; none when none came for a while, or the receiver had to be replaced.</summary>
    public async Task<IReadOnlyList<ReceivedEvent>> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            _receiver ??= open(span, _next);
            return await ReceiveAsync(_receiver, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await DisposeAsync();
            if (MessagingFaults.IsFull(exception) && _refusals + 1 < MostRefusals)
            {
                await Task.Delay(pause * Math.Pow(Longer, _refusals++), cancellationToken);
                return [];
            }

            if (!MessagingFaults.IsPassing(exception) || ++_failures >= MostFailures)
                throw MessagingFaults.Translate(exception, place);
            return [];
        }
    }

    /// <summary>Whether to wait once more for an event that is there and does not come.</summary>
    /// <exception cref="DsrException">It has been waited for long enough.</exception>
    public bool Wait()
    {
        HasWaited = true;
        return ++_failures < MostFailures
            ? true
            : throw FaultCatalogue.ServiceFailed.Exception(
                place.Target,
                $"partition {span.Partition} gives no more events, although it has some."
            );
    }

    public async ValueTask DisposeAsync()
    {
        if (_receiver is not { } receiver)
            return;
        _receiver = null;
        try
        {
            await receiver.DisposeAsync();
        }
        catch (Exception exception) when (MessagingFaults.IsPassing(exception))
        {
            // What broke already cannot be closed.
        }
    }

    /// <remarks>Not an async method, as <see cref="EventHubClient"/> has one: its state would be of the client's types.</remarks>
    private Task<List<ReceivedEvent>> ReceiveAsync(PartitionReceiver receiver, CancellationToken cancellationToken) =>
        receiver
            .ReceiveBatchAsync(BatchSize, Patience, cancellationToken)
            .ContinueWith(
                received => Take(received.GetAwaiter().GetResult()),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );

    private List<ReceivedEvent> Take(IEnumerable<EventData> received)
    {
        var events = new List<ReceivedEvent>(BatchSize);
        foreach (EventData one in received)
        {
            // After a break a client can give an event again.
            if (one.SequenceNumber < _next)
                continue;
            _next = one.SequenceNumber + 1;
            if (one.SequenceNumber <= span.Last)
                events.Add(new ReceivedEvent(one.SequenceNumber, one.EnqueuedTime, one.GetRawAmqpMessage()));
        }

        if (events.Count > 0)
            (_failures, HasWaited) = (0, false);
        return events;
    }
}
