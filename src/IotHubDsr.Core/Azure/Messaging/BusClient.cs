using Azure.Messaging.ServiceBus;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>A connection to a namespace of Service Bus. Every failure is a <see cref="DsrException"/>.</summary>
/// <remarks>
/// Tasks of the client's types are turned into tasks of ours by methods that are not async: an async one has fields of them, and then
/// listing the types of this assembly, as is done to find the kinds of place, loads the client.
/// </remarks>
internal sealed class BusClient : IAsyncDisposable
{
    private readonly BusPlace _place;
    private readonly ServiceBusClient _client;

    public BusClient(AzureAccess access, BusPlace place)
    {
        _place = place;
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

        _client = new ServiceBusClient(
            place.Host,
            access.Credential
                ?? throw FaultCatalogue.CredentialUnavailable.Exception(
                    place.Target,
                    "the connection was made with a connection string alone."
                ),
            options
        );
    }

    public BusPlace Place => _place;

    /// <summary>
    /// Shows all messages of a queue, in every state, without locking any: each once, also when the reading broke off and went on.
    /// </summary>
    /// <param name="node">The queue.</param>
    /// <param name="take">Takes some messages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task PeekAsync(
        BusNode node,
        Func<IReadOnlyList<BusMessage>, CancellationToken, ValueTask> take,
        CancellationToken cancellationToken
    )
    {
        await using var peek = new BusPeek(_place, () => Open(node));
        while (await peek.NextAsync(cancellationToken) is { Count: > 0 } page)
            await take(page, cancellationToken);
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

    /// <summary>Takes back scheduled messages; false when one of them is not scheduled any more, and then none was taken back.</summary>
    public async Task<bool> TryCancelAsync(string entity, IReadOnlyList<long> sequenceNumbers, CancellationToken cancellationToken)
    {
        ServiceBusSender sender = _client.CreateSender(entity);
        try
        {
            await sender.CancelScheduledMessagesAsync(sequenceNumbers, cancellationToken);
            return true;
        }
        catch (Exception gone) when (BusFaults.IsNotThere(gone))
        {
            return false;
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

    public ValueTask DisposeAsync() => CloseAsync(_client);

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
