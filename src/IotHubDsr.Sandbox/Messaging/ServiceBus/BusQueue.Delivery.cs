namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>How a message is settled.</summary>
internal enum Settlement
{
    Complete,
    Abandon,
    Defer,
    DeadLetter,

    /// <summary>Given back undelivered: the delivery does not count.</summary>
    Release,
}

/// <summary>The part that delivers: locks and settlements.</summary>
internal sealed partial class BusQueue
{
    private readonly List<BusReceiver> _consumers = [];
    private readonly Dictionary<Guid, BusMessage> _locked = [];
    private readonly PriorityQueue<(BusMessage Message, Guid Token), DateTimeOffset> _locks = new();

    public void Attach(BusReceiver receiver)
    {
        lock (_lock)
        {
            _consumers.Add(receiver);
            Dispatch();
        }

        MoveOn();
    }

    /// <summary>
    /// The locks of a closed link lapse in their time. A session ends at once, and its messages can be delivered again; that does not
    /// count.
    /// </summary>
    public void Detach(BusReceiver receiver)
    {
        lock (_lock)
        {
            _consumers.Remove(receiver);
            if (receiver.SessionId is { } session && _sessions.IsHeldBy(session, receiver))
            {
                _sessions.Release(session, receiver);
                Unlock(session, counts: false);
            }

            Dispatch();
        }

        MoveOn();
    }

    public void Pump()
    {
        lock (_lock)
            Dispatch();

        MoveOn();
    }

    /// <summary>Settles what a token locks; false when the lock is lost.</summary>
    public bool Settle(Guid token, Settlement settlement, IReadOnlyList<KeyValuePair<string, object?>> properties)
    {
        lock (_lock)
        {
            Tick();
            if (!_locked.TryGetValue(token, out BusMessage? message))
                return false;

            switch (settlement)
            {
                case Settlement.Complete:
                    Delete(message);
                    break;
                case Settlement.DeadLetter when DeadLetters is not null:
                    message.Deliveries++;
                    Bury(message, properties);
                    break;
                case Settlement.Defer:
                    Change(message, properties);
                    message.State = BusMessageState.Deferred;
                    Unlock(message, counts: true);
                    break;
                default:
                    Change(message, properties);
                    Unlock(message, counts: settlement != Settlement.Release);
                    break;
            }

            Dispatch();
        }

        MoveOn();
        return true;
    }

    /// <summary>As if somebody had received the message and settled it: how a world is seeded.</summary>
    public void SettleSeeded(BusMessage message, Settlement settlement, IReadOnlyList<KeyValuePair<string, object?>> properties)
    {
        lock (_lock)
        {
            _available.Remove(message);
            Lock(message, null);
        }

        Settle(message.LockToken, settlement, properties);
    }

    /// <summary>Prolongs locks: all of them, or none when one is lost.</summary>
    public DateTimeOffset? Renew(IReadOnlyList<Guid> tokens)
    {
        lock (_lock)
        {
            Tick();
            List<BusMessage> found = [.. tokens.Select(token => _locked.GetValueOrDefault(token)).OfType<BusMessage>()];
            if (found.Count < tokens.Count)
                return null;

            DateTimeOffset until = Now + Options.LockDuration;
            foreach (BusMessage message in found)
            {
                message.LockedUntil = until;
                _locks.Enqueue((message, message.LockToken), until);
            }

            SetAlarm();
            return until;
        }
    }

    /// <summary>
    /// Locks deferred messages, or with <paramref name="settled"/> takes them: all of them, or none when one is not there. One that has
    /// expired is found out only now.
    /// </summary>
    public IReadOnlyList<T>? ReceiveDeferred<T>(IReadOnlyList<long> sequences, bool settled, Func<BusMessage, T> show)
    {
        List<T>? shown = null;
        lock (_lock)
        {
            Tick();
            List<BusMessage> found =
            [
                .. sequences
                    .Select(_messages.Find)
                    .OfType<BusMessage>()
                    .Where(message => message is { State: BusMessageState.Deferred, IsLocked: false }),
            ];
            List<BusMessage> expired = [.. found.Where(message => DeadLetters is not null && message.Expires <= Now)];
            foreach (BusMessage message in expired)
                Expire(message);

            if (expired.Count == 0 && found.Count == sequences.Count)
            {
                shown = [];
                foreach (BusMessage message in found)
                {
                    Lock(message, null);
                    shown.Add(show(message));
                    if (settled)
                        Delete(message);
                }

                SetAlarm();
            }
        }

        MoveOn();
        return shown;
    }

    private static void Change(BusMessage message, IReadOnlyList<KeyValuePair<string, object?>> properties)
    {
        if (properties.Count > 0)
            message.SetProperties(properties);
    }

    /// <summary>Gives each receiver in turn what it has credit for.</summary>
    private void Dispatch()
    {
        Tick();
        Expire();
        bool isMore = true;
        while (isMore)
        {
            isMore = false;
            foreach (BusReceiver receiver in _consumers.ToArray())
                isMore |= TryDeliver(receiver);
        }

        TellOfSessions();
        SetAlarm();
    }

    private bool TryDeliver(BusReceiver receiver)
    {
        if (!receiver.HasCredit || (receiver.SessionId is { } session && !_sessions.IsHeldBy(session, receiver)))
            return false;

        if (_available.First(receiver.SessionId) is not { } message)
            return false;

        if (message.Expires <= Now && DeadLetters is not null)
        {
            Expire(message);
            return true;
        }

        _available.Remove(message);
        Lock(message, receiver.SessionId);
        if (!receiver.TrySend(message))
        {
            _locked.Remove(message.LockToken);
            message.LockToken = Guid.Empty;
            _available.Add(message);
            return false;
        }

        if (receiver.SettlesOnSend)
            Delete(message);

        return true;
    }

    private void Lock(BusMessage message, string? session)
    {
        message.LockToken = Guid.NewGuid();
        message.LockedUntil = session is null ? Now + Options.LockDuration : _sessions.UntilOf(session)!.Value;
        _locked[message.LockToken] = message;
        // A message of a session is locked as long as the session is.
        if (session is null)
            _locks.Enqueue((message, message.LockToken), message.LockedUntil);
    }

    private void EndLocks(DateTimeOffset now)
    {
        while (_locks.TryPeek(out (BusMessage Message, Guid Token) held, out DateTimeOffset due) && due <= now)
        {
            _locks.Dequeue();
            if (_locked.TryGetValue(held.Token, out BusMessage? message) && message.LockedUntil <= now)
                Unlock(message, counts: true);
        }

        foreach ((string session, BusReceiver receiver) in _sessions.TakeEnded(now))
        {
            Unlock(session, counts: true);
            receiver.EndSession();
        }
    }

    private void Unlock(string session, bool counts)
    {
        foreach (BusMessage message in _locked.Values.Where(message => message.SessionId == session).ToList())
            Unlock(message, counts);
    }

    /// <summary>A message that was delivered too often goes to the dead letters; there, it stays.</summary>
    private void Unlock(BusMessage message, bool counts)
    {
        _locked.Remove(message.LockToken);
        message.LockToken = Guid.Empty;
        if (counts)
            message.Deliveries++;

        if (message.State == BusMessageState.Deferred)
            return;

        if (counts && DeadLetters is not null && message.Deliveries >= Options.MaxDeliveryCount)
        {
            Bury(
                message,
                [
                    new("DeadLetterReason", "MaxDeliveryCountExceeded"),
                    new("DeadLetterErrorDescription", $"Message could not be consumed after {Options.MaxDeliveryCount} delivery attempts."),
                ]
            );
            return;
        }

        _available.Add(message);
    }

    private void SetAlarm()
    {
        DateTimeOffset? next = _sessions.NextEnd;
        if (_locks.TryPeek(out _, out DateTimeOffset lockEnd))
            next = Earlier(next, lockEnd);

        if (_scheduled.TryPeek(out _, out DateTimeOffset due))
            next = Earlier(next, due);

        if (_consumers.Count > 0 && _expiring.TryPeek(out _, out DateTimeOffset expiry))
            next = Earlier(next, expiry);

        _alarm.Set(next);
    }

    private static DateTimeOffset Earlier(DateTimeOffset? left, DateTimeOffset right) => left < right ? left.Value : right;
}
