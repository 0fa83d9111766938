using System.Collections.Concurrent;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>
/// Walks along a queue under locks and takes the wanted messages out. The locks of all others are held until the walk has ended, so that
/// none of them comes a second time, and are then released together.
/// </summary>
/// <param name="receiver">Locks the messages.</param>
/// <param name="reach">How far it may go.</param>
/// <param name="entity">The entity.</param>
/// <param name="doesExpire">Whether messages of the queue expire, and receivers wait for them: in a dead-letter queue they do not.</param>
/// <param name="places">Tells the time.</param>
internal sealed class LockedWalk(LockedReceiver receiver, WalkReach reach, BusEntity entity, bool doesExpire, BusPlaces places)
{
    public const string LostLock = "the lock was lost before they could be completed";

    private const int BatchSize = 100;
    private const int AtOnce = 64;

    /// <summary>So many are given back at once where receivers wait for them, who want them in their order.</summary>
    private const int AtOnceInOrder = 16;

    /// <summary>The client keeps what is locked in memory.</summary>
    private const long MostBytes = 64L * 1024 * 1024;
    private const int MostLocks = 100_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReleaseTime = TimeSpan.FromMinutes(2);

    private const string LateLocks = "the locks on messages of others could not be prolonged in time";

    private readonly TimeSpan _lockDuration = entity.LockDuration;
    private readonly Dictionary<long, MessageLock> _held = [];

    /// <summary>Wanted messages that are locked and not completed.</summary>
    private readonly Dictionary<long, MessageLock> _going = [];
    private readonly LockPatience _patience = new(entity.LockDuration);
    private DateTimeOffset _oldest = DateTimeOffset.MaxValue;

    /// <summary>The queue's time, as its newest lock tells it.</summary>
    private DateTimeOffset _now = places.Now;
    private long _bytes;

    /// <summary>When the first message of others that is held expires: until then its receiver has to get it.</summary>
    private DateTimeOffset _firstExpiry = DateTimeOffset.MaxValue;

    /// <summary>Why the walk did not get to all that was wanted, or could not take it, without a full stop; null when it did.</summary>
    public string? Reason { get; private set; }

    /// <summary>What became of another device's message against all caution, without a full stop; null for nothing.</summary>
    public string? Harm { get; private set; }

    /// <param name="wanted">The wanted messages; those that were taken out are removed.</param>
    /// <param name="announce">Announces some of them before they are completed.</param>
    /// <param name="taken">Gets those that were taken out.</param>
    /// <param name="cancellationToken">Ends the walk; what is held is released all the same.</param>
    public async Task RunAsync(
        Dictionary<long, TakenMessage> wanted,
        Func<IReadOnlyList<TakenMessage>, CancellationToken, ValueTask> announce,
        Action<TakenMessage> taken,
        CancellationToken cancellationToken
    )
    {
        var lost = new List<TakenMessage>();
        try
        {
            while (wanted.Count > 0 && MayGoOn())
            {
                // A lock that has lapsed brings its message a second time.
                if (!await KeepLocksAsync(cancellationToken))
                {
                    Reason = LateLocks;
                    break;
                }

                List<BusMessage> batch = await receiver.ReceiveAsync(reach.Next(BatchSize), Wait, cancellationToken);
                if (batch.Count == 0 && MayWait)
                    continue;
                if (batch.Count == 0)
                    Reason = "other receivers have locked them, or what lies before them";
                Note(batch, wanted);
                if (!await KeepLocksAsync(cancellationToken))
                    Reason ??= LateLocks;
                await TakeAsync(
                    [.. batch.Where(message => wanted.ContainsKey(message.SequenceNumber))],
                    wanted,
                    announce,
                    taken,
                    lost,
                    cancellationToken
                );
            }
        }
        finally
        {
            await ReleaseAsync();
        }

        foreach (TakenMessage one in lost)
            wanted[one.Item.SequenceNumber] = one;
        if (lost.Count > 0)
            Reason ??= LostLock;
    }

    /// <summary>What expires within this time must not be held.</summary>
    public static TimeSpan HoldingTime(BusEntity entity) => 2 * entity.LockDuration;

    /// <summary>Nothing that is held may lapse while the next messages are waited for.</summary>
    private TimeSpan Wait => _lockDuration / 4 is var quarter && quarter < LongestWait ? quarter : LongestWait;

    /// <summary>Nobody takes dead letters; active messages have receivers.</summary>
    private bool MayWait => !doesExpire && _patience.Lasts;

    /// <summary>Whether the next messages can be locked without harm.</summary>
    private bool MayGoOn()
    {
        if (reach.Next(BatchSize) == 0)
        {
            Reason ??= reach.Limit is { } limit ? reach.WhyBefore(limit) : "other receivers have locked them";
        }
        else if (_bytes > MostBytes || _held.Count > MostLocks)
        {
            Reason ??=
                $"it stopped after {Counted.Of(_held.Count, "message")} of others: no more than {MostLocks} messages, or {MostBytes >> 20} "
                + "MiB, can be held at once, and no run gets past them before their receiver has taken some";
        }
        else if (_firstExpiry <= Now + HoldingTime(entity))
        {
            Reason ??= "messages of others would expire while they are held";
        }

        return Reason is null;
    }

    /// <summary>Notes what was locked.</summary>
    private void Note(List<BusMessage> batch, Dictionary<long, TakenMessage> wanted)
    {
        foreach (BusMessage message in batch)
        {
            reach.Pass(message.SequenceNumber);
            _now = message.LockedUntil - _lockDuration is var locked && locked > _now ? locked : _now;
            if (wanted.ContainsKey(message.SequenceNumber))
            {
                _going[message.SequenceNumber] = MessageLock.Of(message);
                continue;
            }

            if (reach.IsLast(message.DeliveryCount))
            {
                Reason ??= "other receivers take messages too";
                Harm =
                    $"the message {message.SequenceNumber} of another device was moved to the front by other receivers, and delivered "
                    + "for the last time: it becomes a dead letter";
            }

            if (!_held.TryAdd(message.SequenceNumber, MessageLock.Of(message)))
                Reason ??= $"the lock on the message {message.SequenceNumber} of another device was lost";
            _held[message.SequenceNumber] = MessageLock.Of(message);
            _oldest = message.LockedUntil < _oldest ? message.LockedUntil : _oldest;
            _bytes += message.ToEvent().Body?.Length ?? 0;
            if (doesExpire && entity.ExpiryOf(message) is var expiry && expiry > _now && expiry < _firstExpiry)
                _firstExpiry = expiry;
        }
    }

    private async Task TakeAsync(
        List<BusMessage> messages,
        Dictionary<long, TakenMessage> wanted,
        Func<IReadOnlyList<TakenMessage>, CancellationToken, ValueTask> announce,
        Action<TakenMessage> taken,
        List<TakenMessage> lost,
        CancellationToken cancellationToken
    )
    {
        if (messages.Count == 0)
            return;
        await announce([.. messages.Select(message => wanted[message.SequenceNumber])], cancellationToken);
        foreach (BusMessage message in messages)
        {
            if (!await KeepLocksAsync(cancellationToken))
                Reason ??= LateLocks;
            bool isTaken = await receiver.TryCompleteAsync(MessageLock.Of(message), cancellationToken);
            _going.Remove(message.SequenceNumber);
            wanted.Remove(message.SequenceNumber, out TakenMessage? one);
            if (isTaken)
                taken(one!);
            else
                lost.Add(one!);
        }
    }

    private DateTimeOffset Now => places.Now is var now && now > _now ? now : _now;

    /// <summary>Prolongs locks that end soon; false when one was lost, or they end before all can be prolonged.</summary>
    private async Task<bool> KeepLocksAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset soon = Now + (_lockDuration / 2);
        if (receiver.SessionUntil is { } until)
            return until > soon || await receiver.TryRenewSessionAsync(cancellationToken);
        if (_held.Count == 0 || _oldest > soon)
            return true;
        var renewed = new ConcurrentBag<(long Number, MessageLock? Lock)>();
        await Parallel.ForEachAsync(
            _held.Values.Where(held => held.Until <= soon).ToList(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (held, token) => renewed.Add((held.SequenceNumber, await receiver.RenewAsync(held, token)))
        );
        bool isWhole = true;
        foreach ((long number, MessageLock? held) in renewed)
        {
            if (held is { } still)
                _held[number] = still;
            else
                isWhole &= !_held.Remove(number);
        }

        _oldest = _held.Count == 0 ? DateTimeOffset.MaxValue : _held.Values.Min(static held => held.Until);
        return isWhole && _oldest > Now + (_lockDuration / 4);
    }

    /// <summary>
    /// Gives everything back that was not taken out. A session is given back by closing it, which counts as no delivery; a lock that
    /// cannot be released ends by itself, which counts as the release does.
    /// </summary>
    private async Task ReleaseAsync()
    {
        if (receiver.SessionUntil is not null || _held.Count + _going.Count == 0)
            return;
        using var patience = new CancellationTokenSource(ReleaseTime);
        try
        {
            // Over one link they arrive as they were sent.
            int atOnce = doesExpire ? AtOnceInOrder : AtOnce;
            foreach (MessageLock[] some in _held.Values.Concat(_going.Values).OrderBy(static held => held.SequenceNumber).Chunk(atOnce))
                await Task.WhenAll(some.Select(held => receiver.TryReleaseAsync(held, patience.Token)));
        }
        catch (Exception failed) when (failed is DsrException or OperationCanceledException)
        {
            OperationNotices.Send(NoticeLevel.Debug, $"Locks on messages end by themselves: {failed.Message}");
        }
    }
}
