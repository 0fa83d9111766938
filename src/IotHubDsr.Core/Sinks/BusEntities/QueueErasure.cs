using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>
/// Takes messages out of one queue. It is looked through again first: what is still there, in which state, and who else is in front of it.
/// Each kind of message goes in its own way, and what fails of one does not keep the others.
/// </summary>
internal sealed class QueueErasure(
    BusPlaces places,
    BusClient client,
    BusEntity entity,
    BusNode node,
    RecordSelection selection,
    SinkCall call,
    BusAccounts accounts
)
{
    /// <summary>As many messages as one announcement names.</summary>
    private const int BatchSize = 100;

    private static readonly TimeSpan LockPoll = TimeSpan.FromSeconds(2);

    private readonly Dictionary<long, TakenMessage> _scheduled = [];
    private readonly Dictionary<long, TakenMessage> _deferred = [];
    private readonly Dictionary<long, TakenMessage> _active = [];
    private readonly List<QueueEntry> _entries = [];
    private readonly LockPatience _patience = new(entity.LockDuration);

    /// <summary>Dead letters neither expire nor move on by a count, and nobody waits for them.</summary>
    private bool IsMain => node.SubQueue is BusSubQueue.None;

    private bool IsSession => entity.RequiresSession && IsMain;

    /// <param name="items">What was found, by subject and number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(IReadOnlySet<(int Subject, long SequenceNumber)> items, CancellationToken cancellationToken)
    {
        await LookAsync(items, cancellationToken);
        await TryAsync(_scheduled, CancelAsync, cancellationToken);
        await TryAsync(_deferred, TakeDeferredAsync, cancellationToken);
        await TryAsync(_active, TakeActiveAsync, cancellationToken);
    }

    private async Task LookAsync(IReadOnlySet<(int Subject, long SequenceNumber)> items, CancellationToken cancellationToken)
    {
        var reading = new BusReading(node, selection, lines: null);
        try
        {
            await client.PeekAsync(
                node,
                entity.IsPartitioned,
                (messages, _) =>
                {
                    foreach (BusMessage message in messages)
                        Sort(message, reading.Read(message), items);
                    return ValueTask.CompletedTask;
                },
                cancellationToken
            );
        }
        catch (InvalidOperationException refused)
        {
            throw BusFaults.Translate(refused, client.Place, "read");
        }
    }

    private void Sort(BusMessage message, MatchedMessage? matched, IReadOnlySet<(int Subject, long SequenceNumber)> items)
    {
        bool isTaken =
            matched is { IsWhole: true }
            && BusFindings.IsTakenFrom(node, message, call.Options.Erasure.SettleMessages)
            && matched
                .Shares.Where(share => share.Asked(selection) > 0)
                .All(share => items.Contains((share.Subject, message.SequenceNumber)));
        if (message.State is BusMessageState.Active)
        {
            _entries.Add(
                new QueueEntry(
                    message.SequenceNumber,
                    message.DeliveryCount,
                    isTaken,
                    IsSession ? message.SessionId : null,
                    IsMain ? entity.ExpiryOf(message) : DateTimeOffset.MaxValue
                )
            );
        }

        if (!isTaken)
            return;
        Dictionary<long, TakenMessage> kind = message.State switch
        {
            BusMessageState.Scheduled => _scheduled,
            BusMessageState.Deferred => _deferred,
            _ => _active,
        };
        kind[message.SequenceNumber] = new TakenMessage(new BusItem(node, message.SequenceNumber), matched!.Shares, message.SessionId);
    }

    /// <summary>Does one part of the work; what is left of it when it fails is accounted for.</summary>
    private async Task TryAsync(
        Dictionary<long, TakenMessage> messages,
        Func<CancellationToken, Task> work,
        CancellationToken cancellationToken
    )
    {
        if (messages.Count == 0)
            return;
        try
        {
            await work(cancellationToken);
        }
        catch (DsrException failed)
        {
            await accounts.FailAsync(failed.Fault, messages.Values, cancellationToken);
        }
    }

    private async Task CancelAsync(CancellationToken cancellationToken)
    {
        foreach (TakenMessage[] batch in Batches(_scheduled.Values.ToList()))
        {
            await accounts.AnnounceAsync("cancels", batch, cancellationToken);
            if (await TryCancelAsync(batch, cancellationToken) || batch.Length == 1)
                continue;

            // One of them has been enqueued meanwhile, or taken back by its sender: the next reading shows.
            foreach (TakenMessage one in batch)
                await TryCancelAsync([one], cancellationToken);
        }
    }

    /// <summary>Cancels some messages; false when none was.</summary>
    private async Task<bool> TryCancelAsync(TakenMessage[] batch, CancellationToken cancellationToken)
    {
        long[] numbers = [.. batch.Select(Number)];
        CancelAnswer answer = await client.CancelAsync(node.Entity, numbers, cancellationToken);
        bool isCancelled =
            answer is CancelAnswer.Cancelled
            || (answer is CancelAnswer.Unclear && !await client.AnyIsThereAsync(node, numbers, cancellationToken));
        if (isCancelled)
            Settle(_scheduled, batch);
        return isCancelled;
    }

    private async Task TakeDeferredAsync(CancellationToken cancellationToken)
    {
        foreach (IGrouping<string?, TakenMessage> group in BySession(_deferred))
        {
            await using LockedReceiver? receiver = await OpenAsync(group.Key, cancellationToken);
            if (receiver is null)
            {
                await LeaveAsync([.. group], "another receiver has their session", cancellationToken);
                continue;
            }

            foreach (TakenMessage[] batch in Batches(group))
            {
                if (!await TryTakeDeferredAsync(receiver, batch, cancellationToken))
                {
                    // One that a killed run has locked comes free by itself.
                    foreach (TakenMessage one in batch)
                    {
                        while (!await TryTakeDeferredAsync(receiver, [one], cancellationToken) && _patience.Lasts)
                            await Task.Delay(LockPoll, cancellationToken);
                    }
                }
            }
        }
    }

    private async Task<bool> TryTakeDeferredAsync(
        LockedReceiver receiver,
        IReadOnlyList<TakenMessage> batch,
        CancellationToken cancellationToken
    )
    {
        if (await receiver.TryReceiveDeferredAsync([.. batch.Select(Number)], cancellationToken) is not { } received)
            return false;
        await accounts.AnnounceAsync("completes", batch, cancellationToken);
        foreach (BusMessage message in received)
        {
            if (await receiver.TryCompleteAsync(MessageLock.Of(message), cancellationToken))
                Settle(_deferred, [_deferred[message.SequenceNumber]]);
            else
                await LeaveAsync([_deferred[message.SequenceNumber]], LockedWalk.LostLock, cancellationToken);
        }

        return true;
    }

    private async Task TakeActiveAsync(CancellationToken cancellationToken)
    {
        foreach (IGrouping<string?, TakenMessage> group in BySession(_active).ToList())
        {
            await using LockedReceiver? receiver = await OpenAsync(group.Key, cancellationToken);
            if (receiver is null)
            {
                await LeaveAsync([.. group], "another receiver has their session", cancellationToken);
                continue;
            }

            var wanted = group.ToDictionary(Number);
            DateTimeOffset now = places.Now;
            var reach = new WalkReach(
                _entries.Where(entry => entry.SessionId == group.Key),
                new WalkLimits(IsMain ? entity.MaxDeliveryCount : null, now, now + LockedWalk.HoldingTime(entity))
            );
            var walk = new LockedWalk(receiver, reach, entity, doesExpire: IsMain, places);
            await walk.RunAsync(wanted, AnnounceAsync, message => Settle(_active, [message]), cancellationToken);
            if (walk.Harm is { } harm)
                await call.NoteAsync(NoticeLevel.Warning, $"{call.Location}, {node}: {harm}.", cancellationToken);
            if (wanted.Count > 0)
                await LeaveAsync([.. wanted.Values], walk.Reason ?? "they were not delivered", cancellationToken);
        }

        ValueTask AnnounceAsync(IReadOnlyList<TakenMessage> batch, CancellationToken token) =>
            accounts.AnnounceAsync("completes", batch, token);
    }

    /// <summary>The service takes the numbers of one partition in a request.</summary>
    private static IEnumerable<TakenMessage[]> Batches(IEnumerable<TakenMessage> messages) =>
        messages.GroupBy(static message => BusMessage.PartitionOf(Number(message))).SelectMany(static part => part.Chunk(BatchSize));

    /// <summary>A session's messages are taken under its lock; without sessions, all are one group.</summary>
    private IEnumerable<IGrouping<string?, TakenMessage>> BySession(Dictionary<long, TakenMessage> messages) =>
        messages.Values.ToList().GroupBy(message => IsSession ? message.SessionId : null, StringComparer.Ordinal);

    private async Task<LockedReceiver?> OpenAsync(string? session, CancellationToken cancellationToken) =>
        session is null ? client.Lock(node) : await client.LockSessionAsync(node, session, cancellationToken);

    private void Settle(Dictionary<long, TakenMessage> kind, IEnumerable<TakenMessage> messages)
    {
        foreach (TakenMessage message in messages)
        {
            accounts.Add(message);
            kind.Remove(Number(message));
        }
    }

    private ValueTask LeaveAsync(IReadOnlyList<TakenMessage> messages, string why, CancellationToken cancellationToken) =>
        accounts.FailAsync(
            FaultCatalogue.MessagesNotSettled.For(call.Location.ToString(), Counted.Of(messages.Count, "message"), $"{node}", why),
            messages,
            cancellationToken
        );

    private static long Number(TakenMessage message) => message.Item.SequenceNumber;
}
