using Azure.Messaging.ServiceBus;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>A lock on a message, without the message.</summary>
/// <param name="Token">By what it is settled.</param>
/// <param name="SequenceNumber">The message.</param>
/// <param name="Until">When the lock ends.</param>
internal readonly record struct MessageLock(Guid Token, long SequenceNumber, DateTimeOffset Until)
{
    public static MessageLock Of(BusMessage message) => new(message.LockToken, message.SequenceNumber, message.LockedUntil);
}

/// <summary>
/// Receives messages under locks and settles them: those of a queue, or of one session. It receives as many as it is asked for, and none
/// ahead of that.
/// </summary>
internal sealed class LockedReceiver(BusPlace place, ServiceBusReceiver receiver) : IAsyncDisposable
{
    private const string Verb = "erase from";

    /// <summary>Until when the session is taken; null where it is no session.</summary>
    public DateTimeOffset? SessionUntil => (receiver as ServiceBusSessionReceiver)?.SessionLockedUntil;

    /// <summary>The next messages in order, at most so many; none when none came for a while.</summary>
    /// <param name="most">How many.</param>
    /// <param name="patience">How long to wait for messages that are there: others may have locked them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<List<BusMessage>> ReceiveAsync(int most, TimeSpan patience, CancellationToken cancellationToken) =>
        GuardAsync(() => ReceivedAsync(most, patience, cancellationToken), cancellationToken);

    /// <summary>Deferred messages by their numbers; null when one of them is not there any more, and then none is locked.</summary>
    public async Task<List<BusMessage>?> TryReceiveDeferredAsync(IReadOnlyList<long> sequenceNumbers, CancellationToken cancellationToken)
    {
        try
        {
            return await DeferredAsync(sequenceNumbers, cancellationToken);
        }
        catch (Exception gone) when (BusFaults.IsNotThere(gone))
        {
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw BusFaults.Translate(exception, place, Verb);
        }
    }

    /// <summary>
    /// Removes a message; false when its lock was lost before. The client tries again when an answer is lost, and is then told that the
    /// lock is: a message that has left its place was removed by the first attempt.
    /// </summary>
    public async Task<bool> TryCompleteAsync(MessageLock held, CancellationToken cancellationToken) =>
        await TrySettleAsync(() => receiver.CompleteMessageAsync(Stub(held), cancellationToken), cancellationToken)
        || !await IsThereAsync(held.SequenceNumber, cancellationToken);

    /// <summary>Gives a message back to its place in the queue; false when its lock was lost, which gave it back as well.</summary>
    public Task<bool> TryReleaseAsync(MessageLock held, CancellationToken cancellationToken) =>
        TrySettleAsync(() => receiver.AbandonMessageAsync(Stub(held), propertiesToModify: null, cancellationToken), cancellationToken);

    /// <summary>Prolongs a lock; null when it was lost.</summary>
    public async Task<MessageLock?> RenewAsync(MessageLock held, CancellationToken cancellationToken)
    {
        DateTimeOffset until = held.Until;
        bool isHeld = await TrySettleAsync(
            async () =>
            {
                ServiceBusReceivedMessage stub = Stub(held);
                await receiver.RenewMessageLockAsync(stub, cancellationToken);
                until = stub.LockedUntil;
            },
            cancellationToken
        );
        return isHeld ? held with { Until = until } : null;
    }

    /// <summary>Prolongs the lock on the session; false when it was lost.</summary>
    public Task<bool> TryRenewSessionAsync(CancellationToken cancellationToken) =>
        TrySettleAsync(() => ((ServiceBusSessionReceiver)receiver).RenewSessionLockAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Locks on messages of a queue end in their time; a session is given up at once, and its messages as if they had not been delivered.
    /// </summary>
    public ValueTask DisposeAsync() => BusClient.CloseAsync(receiver);

    /// <summary>Of a message the service wants its lock alone: what is held is not kept in memory.</summary>
    private static ServiceBusReceivedMessage Stub(MessageLock held) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
            lockTokenGuid: held.Token,
            sequenceNumber: held.SequenceNumber,
            lockedUntil: held.Until
        );

    private async Task<bool> TrySettleAsync(Func<Task> settle, CancellationToken cancellationToken)
    {
        try
        {
            await settle();
            return true;
        }
        catch (Exception lost) when (BusFaults.IsLockLost(lost))
        {
            return false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw BusFaults.Translate(exception, place, Verb);
        }
    }

    /// <summary>Whether a message is still where it was; a session that was lost cannot show it.</summary>
    private async Task<bool> IsThereAsync(long sequenceNumber, CancellationToken cancellationToken)
    {
        try
        {
            List<BusMessage> shown = await ToOurs(receiver.PeekMessagesAsync(1, sequenceNumber, cancellationToken));
            return shown.Exists(message => message.SequenceNumber == sequenceNumber);
        }
        catch (Exception lost) when (BusFaults.IsLockLost(lost))
        {
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw BusFaults.Translate(exception, place, Verb);
        }
    }

    private async Task<List<BusMessage>> GuardAsync(Func<Task<List<BusMessage>>> receive, CancellationToken cancellationToken)
    {
        try
        {
            return await receive();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw BusFaults.Translate(exception, place, Verb);
        }
    }

    private Task<List<BusMessage>> ReceivedAsync(int most, TimeSpan patience, CancellationToken cancellationToken) =>
        ToOurs(receiver.ReceiveMessagesAsync(most, patience, cancellationToken));

    private Task<List<BusMessage>> DeferredAsync(IReadOnlyList<long> sequenceNumbers, CancellationToken cancellationToken) =>
        ToOurs(receiver.ReceiveDeferredMessagesAsync(sequenceNumbers, cancellationToken));

    private static Task<List<BusMessage>> ToOurs(Task<IReadOnlyList<ServiceBusReceivedMessage>> received) =>
        received.ContinueWith(
            static messages => BusMessages.Of(messages.GetAwaiter().GetResult()),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
}
