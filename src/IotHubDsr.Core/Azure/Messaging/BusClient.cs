using Azure.Messaging.ServiceBus;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>What became of scheduled messages that were to be cancelled.</summary>
internal enum CancelAnswer
{
    Cancelled,

    /// <summary>One of them is not scheduled any more, and none was cancelled.</summary>
    NotScheduled,

    /// <summary>An attempt had no answer, and the next one found one of them missing: the first may have cancelled all.</summary>
    Unclear,
}

/// <summary>A connection to a namespace of Service Bus. Every failure is a <see cref="DsrException"/>.</summary>
/// <remarks>
/// Tasks of the client's types are turned into tasks of ours by methods that are not async: an async one has fields of them, and then
/// listing the types of this assembly, as is done to find the kinds of place, loads the client.
/// </remarks>
internal sealed class BusClient : IAsyncDisposable
{
    private const int MostAttempts = 4;

    /// <summary>What a service that is busy asks its clients to wait.</summary>
    private static readonly TimeSpan BusyDelay = TimeSpan.FromSeconds(10);

    private readonly BusPlace _place;
    private readonly ServiceBusClient _client;

    /// <summary>
    /// For what is told to be missing when it is done a second time: the client must not try again by itself, as it would not say so. It
    /// connects when it is used.
    /// </summary>
    private readonly ServiceBusClient _once;
    private readonly TimeSpan _delay;

    public BusClient(AzureAccess access, BusPlace place)
    {
        _place = place;
        _delay = access.Cloud.FirstRetryDelay;
        _client = OpenClient(access, place, OptionsOf(access, place));
        ServiceBusClientOptions once = OptionsOf(access, place);
        once.RetryOptions.MaxRetries = 0;
        _once = OpenClient(access, place, once);
    }

    public BusPlace Place => _place;

    /// <summary>
    /// Shows all messages of a queue, in every state, without locking any: each once, also when the reading broke off and went on.
    /// </summary>
    /// <param name="node">The queue.</param>
    /// <param name="isPartitioned">Whether it is known to have partitions.</param>
    /// <param name="take">Takes some messages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task PeekAsync(
        BusNode node,
        bool isPartitioned,
        Func<IReadOnlyList<BusMessage>, CancellationToken, ValueTask> take,
        CancellationToken cancellationToken
    )
    {
        await using var pages = new BusPages(_place, () => Open(node));
        var peek = new BusPeek(pages, _place);
        while (!isPartitioned && await peek.NextAsync(cancellationToken) is { Count: > 0 } page)
        {
            isPartitioned = peek.HasPartitions;
            if (!isPartitioned)
                await take(page, cancellationToken);
        }

        if (isPartitioned)
            await new PartitionedPeek(pages, take).RunAsync(peek.From, cancellationToken);
    }

    /// <summary>Receives from a queue under locks.</summary>
    public LockedReceiver Lock(BusNode node) => new(_place, Open(node));

    /// <summary>Receives one session of an entity; null when another receiver has it.</summary>
    public async Task<LockedReceiver?> LockSessionAsync(BusNode node, string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            return await AcceptAsync(node, sessionId, cancellationToken);
        }
        catch (Exception taken) when (BusFaults.IsSessionTaken(taken))
        {
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw BusFaults.Translate(exception, _place, "erase from");
        }
    }

    /// <summary>Takes back scheduled messages, all of one partition: all of them, or none.</summary>
    public async Task<CancelAnswer> CancelAsync(string entity, IReadOnlyList<long> sequenceNumbers, CancellationToken cancellationToken)
    {
        ServiceBusSender sender = _once.CreateSender(entity);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    await sender.CancelScheduledMessagesAsync(sequenceNumbers, cancellationToken);
                    return CancelAnswer.Cancelled;
                }
                catch (Exception gone) when (BusFaults.IsNotThere(gone))
                {
                    return attempt == 1 ? CancelAnswer.NotScheduled : CancelAnswer.Unclear;
                }
                catch (Exception passing) when (attempt < MostAttempts && BusFaults.IsPassing(passing))
                {
                    await Task.Delay(BusFaults.IsBusy(passing) ? BusyDelay : _delay * Math.Pow(2, attempt), cancellationToken);
                }
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw BusFaults.TranslateOfSender(exception, _place);
        }
        finally
        {
            await CloseAsync(sender);
        }
    }

    /// <summary>Whether one of some messages is still in a queue under its number.</summary>
    public async Task<bool> AnyIsThereAsync(BusNode node, IReadOnlyList<long> sequenceNumbers, CancellationToken cancellationToken)
    {
        await using var pages = new BusPages(_place, () => Open(node)) { PageSize = 1 };
        try
        {
            foreach (long number in sequenceNumbers)
            {
                if ((await pages.GetAsync(number, cancellationToken)).Exists(message => message.SequenceNumber == number))
                    return true;
            }

            return false;
        }
        catch (InvalidOperationException refused)
        {
            throw BusFaults.Translate(refused, _place, "read");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(_client);
        await CloseAsync(_once);
    }

    /// <summary>What broke already cannot be closed.</summary>
    internal static async ValueTask CloseAsync(IAsyncDisposable opened)
    {
        try
        {
            await opened.DisposeAsync();
        }
        catch (Exception exception) when (BusFaults.IsPassing(exception) || exception is ServiceBusException)
        {
            OperationNotices.Send(NoticeLevel.Debug, $"A link of Service Bus was not closed: {exception.Message}");
        }
    }

    private static ServiceBusClient OpenClient(AzureAccess access, BusPlace place, ServiceBusClientOptions options) =>
        new(
            place.Host,
            access.Credential
                ?? throw FaultCatalogue.CredentialUnavailable.Exception(
                    place.Target,
                    "the connection was made with a connection string alone."
                ),
            options
        );

    private static ServiceBusClientOptions OptionsOf(AzureAccess access, BusPlace place)
    {
        var options = new ServiceBusClientOptions
        {
            RetryOptions = new ServiceBusRetryOptions
            {
                Delay = access.Cloud.FirstRetryDelay,
                MaxDelay = TimeSpan.FromSeconds(10),
                TryTimeout = access.Cloud.MessagingTimeout,
            },
        };
        if (access.Cloud.Messaging is { } route)
        {
            options.CustomEndpointAddress = route.Address;
            options.CertificateValidationCallback = route.Trust(place.Host);
        }

        return options;
    }

    private ServiceBusReceiver Open(BusNode node) =>
        _client.CreateReceiver(
            node.Entity,
            new ServiceBusReceiverOptions
            {
                SubQueue = node.SubQueue switch
                {
                    BusSubQueue.DeadLetter => SubQueue.DeadLetter,
                    BusSubQueue.TransferDeadLetter => SubQueue.TransferDeadLetter,
                    _ => SubQueue.None,
                },
            }
        );

    private Task<LockedReceiver> AcceptAsync(BusNode node, string sessionId, CancellationToken cancellationToken) =>
        _client
            .AcceptSessionAsync(node.Entity, sessionId, options: null, cancellationToken)
            .ContinueWith(
                accepted => new LockedReceiver(_place, accepted.GetAwaiter().GetResult()),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
}
