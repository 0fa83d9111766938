using IotHubDsr.Sandbox.Messaging.Amqp;

namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>The part that has sessions: who holds one, and their states.</summary>
internal sealed partial class BusQueue
{
    private readonly BusSessions _sessions = new();

    /// <summary>Tells those who wait for a session that one may have come.</summary>
    private TaskCompletionSource _sessionChange = NewSignal();

    /// <summary>Takes a session for a receiver: the one that is asked for or the next that has messages, waiting for it a while.</summary>
    public async Task<(string Session, DateTimeOffset Until)> AcceptSessionAsync(BusReceiver receiver, string? wanted, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        while (true)
        {
            Task change;
            lock (_lock)
            {
                Tick();
                if (wanted is not null && _sessions.IsHeld(wanted))
                {
                    throw new MessagingRefusal(
                        409,
                        MessagingErrors.SessionCannotBeLocked,
                        $"The requested session '{wanted}' cannot be accepted. It may be locked by another receiver."
                    );
                }

                if ((wanted ?? _available.Sessions.FirstOrDefault(session => !_sessions.IsHeld(session))) is { } free)
                {
                    DateTimeOffset until = Now + Options.LockDuration;
                    _sessions.Hold(free, receiver, until);
                    SetAlarm();
                    return (free, until);
                }

                change = _sessionChange.Task;
            }

            try
            {
                await change.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new MessagingRefusal(408, MessagingErrors.Timeout, "The operation did not complete within the allotted timeout.");
            }
        }
    }

    public DateTimeOffset? RenewSession(string session)
    {
        lock (_lock)
        {
            Tick();
            DateTimeOffset until = Now + Options.LockDuration;
            if (!_sessions.Renew(session, until))
                return null;

            foreach (BusMessage message in _locked.Values.Where(message => message.SessionId == session))
                message.LockedUntil = until;

            SetAlarm();
            return until;
        }
    }

    public byte[]? SessionState(string session)
    {
        lock (_lock)
            return _sessions.StateOf(session);
    }

    public void SetSessionState(string session, byte[]? state)
    {
        lock (_lock)
            _sessions.SetState(session, state, Now);
    }

    public bool IsSessionHeld(string session)
    {
        lock (_lock)
        {
            Tick();
            return _sessions.IsHeld(session);
        }
    }

    /// <summary>Sessions with messages or, given a time, with a state that was set since.</summary>
    public IReadOnlyList<string> SessionIds(DateTimeOffset? stateSince)
    {
        lock (_lock)
        {
            return stateSince is { } time
                ? [.. _sessions.WithStateSince(time).Order(StringComparer.Ordinal)]
                :
                [
                    .. _messages
                        .All.Select(message => message.SessionId)
                        .OfType<string>()
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal),
                ];
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void TellOfSessions()
    {
        if (!Options.RequiresSession)
            return;

        _sessionChange.TrySetResult();
        _sessionChange = NewSignal();
    }
}
