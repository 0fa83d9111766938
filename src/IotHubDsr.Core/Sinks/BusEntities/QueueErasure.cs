using System.Diagnostics;
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

    private static readonly TimeSpan LockMargin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockPoll = TimeSpan.FromSeconds(2);

    private readonly Dictionary<long, TakenMessage> _scheduled = [];
    private readonly Dictionary<long, TakenMessage> _deferred = [];
    private readonly Dictionary<long, TakenMessage> _active = [];
    private readonly List<QueueEntry> _entries = [];
    private readonly long _began = Stopwatch.GetTimestamp();

    private bool MayWait => Stopwatch.GetElapsedTime(_began) < entity.LockDuration + LockMargin;

    private bool IsSession => entity.RequiresSession && node.SubQueue is BusSubQueue.None;

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
            _entries.Add(new QueueEntry(message.SequenceNumber, message.DeliveryCount, isTaken, IsSession ? message.SessionId : null));
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
        foreach (TakenMessage[] batch in _scheduled.Values.ToList().Chunk(BatchSize))
        {
            await accounts.AnnounceAsync("cancels", batch, cancellationToken);
            if (await client.TryCancelAsync(node.Entity, [.. batch.Select(Number)], cancellationToken))
            {
                Settle(_scheduled, batch);
                continue;
            }

            // One of them has been enqueued meanwhile, or taken back by its sender: the next reading shows.
            foreach (TakenMessage one in batch)
            {
                if (await client.TryCancelAsync(node.Entity, [Number(one)], cancellationToken))
                    Settle(_scheduled, [one]);
            }
        }
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

            foreach (TakenMessage[] batch in group.Chunk(BatchSize))
            {
                if (!await TryTakeDeferredAsync(receiver, batch, cancellationToken))
                {
                    // One that a killed run has locked comes free by itself.
                    foreach (TakenMessage one in batch)
                    {
                        while (!await TryTakeDeferredAsync(receiver, [one], cancellationToken) && MayWait)
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
            var reach = new WalkReach(
                _entries.Where(entry => entry.SessionId == group.Key),
                node.SubQueue is BusSubQueue.None ? entity.MaxDeliveryCount : null
            );
            var walk = new LockedWalk(receiver, reach, entity, doesExpire: node.SubQueue is BusSubQueue.None, places);
            await walk.RunAsync(wanted, AnnounceAsync, message => Settle(_active, [message]), cancellationToken);
            if (walk.Harm is { } harm)
                await call.NoteAsync(NoticeLevel.Warning, $"{call.Location}, {node}: {harm}.", cancellationToken);
            if (wanted.Count > 0)
                await LeaveAsync([.. wanted.Values], walk.Reason ?? "they were not delivered", cancellationToken);
        }

        ValueTask AnnounceAsync(IReadOnlyList<TakenMessage> batch, CancellationToken token) =>
            accounts.AnnounceAsync("completes", batch, token);
    }

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
