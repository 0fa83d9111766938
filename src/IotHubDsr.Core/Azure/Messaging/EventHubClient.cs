using Azure;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>
/// Reads an event hub over one connection, without claiming partitions: other readers stay undisturbed. Every failure is a
/// <see cref="DsrException"/>.
/// </summary>
internal sealed class EventHubClient : IAsyncDisposable
{
    /// <summary>How often a question is asked.</summary>
    private const int MostQuestions = 3;

    private readonly EventHubPlace _place;
    private readonly EventHubConnection _connection;
    private readonly EventHubConsumerClient _consumer;
    private readonly EventHubsRetryOptions _retries;

    public EventHubClient(AzureAccess access, EventHubPlace place)
    {
        _place = place;
        _retries = new EventHubsRetryOptions
        {
            Delay = access.Cloud.FirstRetryDelay,
            MaximumDelay = TimeSpan.FromSeconds(10),
            TryTimeout = access.Cloud.MessagingTimeout,
        };
        var options = new EventHubConnectionOptions();
        if (access.Cloud.Messaging is { } route)
        {
            options.CustomEndpointAddress = route.Address;
            options.CertificateValidationCallback = route.Trust(place.Host);
        }

        _connection = place.Key is { } key
            ? new EventHubConnection(place.Host, place.Name, new AzureNamedKeyCredential(key.Policy, key.Key), options)
            : new EventHubConnection(
                place.Host,
                place.Name,
                access.Credential
                    ?? throw FaultCatalogue.CredentialUnavailable.Exception(
                        place.Target,
                        "the connection was made with a connection string alone."
                    ),
                options
            );
        _consumer = new EventHubConsumerClient(place.Group, _connection, new EventHubConsumerClientOptions { RetryOptions = _retries });
    }

    /// <summary>The consumer group that it reads in.</summary>
    public string Group => _place.Group;

    /// <summary>
    /// A partition of which the consumer group had as many readers as the service allows, so that one of them had to end first; null for
    /// none.
    /// </summary>
    public string? CrowdedPartition { get; private set; }

    public async Task<IReadOnlyList<string>> PartitionsAsync(CancellationToken cancellationToken) =>
        await AskAsync(() => _consumer.GetPartitionIdsAsync(cancellationToken), cancellationToken);

    /// <summary>What there is to read of a partition now; null when there is nothing.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="from">See <see cref="PartitionSpan"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PartitionSpan?> SpanOfAsync(string partition, DateTimeOffset? from, CancellationToken cancellationToken)
    {
        PartitionState now = await AskAsync(() => StateOfAsync(partition, cancellationToken), cancellationToken);
        return now.IsEmpty || now.LastEnqueued < from ? null : new PartitionSpan(partition, now.Last, from);
    }

    /// <summary>Reads a partition once, in its order, to the end that it had; again from where it broke off.</summary>
    /// <param name="span">What is read.</param>
    /// <param name="take">Takes some events. Each event comes once.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task ReadAsync(
        PartitionSpan span,
        Func<IReadOnlyList<ReceivedEvent>, CancellationToken, ValueTask> take,
        CancellationToken cancellationToken
    )
    {
        await using var reader = new PartitionReader(_place, span, Open, _retries.Delay);
        while (await NextAsync(reader, span, cancellationToken) is { } events)
            await take(events, cancellationToken);
        if (reader.WasFull)
            CrowdedPartition = span.Partition;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _consumer.DisposeAsync();
            await _connection.DisposeAsync();
        }
        catch (Exception exception) when (MessagingFaults.IsPassing(exception))
        {
            // A connection that is broken already cannot be closed.
        }
    }

    private async Task<IReadOnlyList<ReceivedEvent>?> NextAsync(
        PartitionReader reader,
        PartitionSpan span,
        CancellationToken cancellationToken
    )
    {
        while (!reader.IsAtEnd)
        {
            IReadOnlyList<ReceivedEvent> events = await reader.ReceiveAsync(cancellationToken);
            if (events.Count > 0)
                return events;

            // Nothing came: what was there may have left by retention meanwhile.
            if (!reader.IsAtEnd && !await HasMoreAsync(reader, span, cancellationToken))
                return null;
        }

        return null;
    }

    private async Task<bool> HasMoreAsync(PartitionReader reader, PartitionSpan span, CancellationToken cancellationToken)
    {
        PartitionState now = await AskAsync(() => StateOfAsync(span.Partition, cancellationToken), cancellationToken);
        return !now.IsEmpty && now.First <= span.Last && !(_place.IsCompacted && reader.HasWaited) && reader.Wait();
    }

    /// <summary>
    /// Asks, also again: the client's own repetitions share the time of one try, so that after a connection which could not be opened in
    /// that time they fail at once.
    /// </summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        for (int asked = 1; ; asked++)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (asked < MostQuestions && IsLate(exception))
            {
                OperationNotices.Send(NoticeLevel.Debug, $"{_place.Target} is asked again: {exception.Message}");
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw MessagingFaults.Translate(exception, _place);
            }
        }
    }

    private static bool IsLate(Exception exception) =>
        exception is TimeoutException or EventHubsException { Reason: EventHubsException.FailureReason.ServiceTimeout };

    /// <remarks>
    /// Not an async method: one that waits for a type of the client's has a field of it, and then listing the types of this assembly, as is
    /// done to find the kinds of place, loads the client.
    /// </remarks>
    private Task<PartitionState> StateOfAsync(string partition, CancellationToken cancellationToken) =>
        _consumer
            .GetPartitionPropertiesAsync(partition, cancellationToken)
            .ContinueWith(
                static told =>
                {
                    PartitionProperties now = told.GetAwaiter().GetResult();
                    return new PartitionState(
                        now.IsEmpty,
                        now.BeginningSequenceNumber,
                        now.LastEnqueuedSequenceNumber,
                        now.LastEnqueuedTime
                    );
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );

    private PartitionReceiver Open(PartitionSpan span, long? next)
    {
        const int batch = 100;
        EventPosition start =
            next is { } number ? EventPosition.FromSequenceNumber(number, isInclusive: true)
            : span.From is { } from ? EventPosition.FromEnqueuedTime(from)
            : EventPosition.Earliest;
        var options = new PartitionReceiverOptions { PrefetchCount = batch, RetryOptions = _retries };
        return new PartitionReceiver(_place.Group, span.Partition, start, _connection, options);
    }

    /// <summary>What a partition has now.</summary>
    private sealed record PartitionState(bool IsEmpty, long First, long Last, DateTimeOffset LastEnqueued);
}
