namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>The part that lets messages go: they expire, become dead letters, or are forwarded.</summary>
internal sealed partial class BusQueue
{
    public const int MostHops = 4;

    private readonly PriorityQueue<BusMessage, DateTimeOffset> _expiring = new();
    private readonly List<(string Target, BusMessage Message)> _leaving = [];

    /// <summary>Notes that a message leaves for another entity, which is locked by itself when this one is not.</summary>
    private void Forward(BusMessage message, string target)
    {
        BusMessage copy = message.Copy();
        copy.Hops++;
        copy.Enqueued = message.Enqueued;
        _leaving.Add((target, copy));
    }

    private void MoveOn()
    {
        List<(string Target, BusMessage Message)> leaving;
        lock (_lock)
        {
            leaving = [.. _leaving];
            _leaving.Clear();
        }

        foreach ((string name, BusMessage message) in leaving)
        {
            if (message.Hops <= MostHops && _find(name) is { } target)
            {
                target.Take(message);
                continue;
            }

            bool isChain = message.Hops > MostHops;
            message.DeadLetterSource = Path;
            message.SetProperties([
                new("DeadLetterReason", isChain ? "MaxTransferHopCountExceeded" : "MessagingEntityNotFound"),
                new(
                    "DeadLetterErrorDescription",
                    isChain
                        ? $"Exceeded the maximum number of allowed hops, which is {MostHops}."
                        : $"The messaging entity '{name}' could not be found."
                ),
            ]);
            TransferDeadLetters!.Take(message);
        }
    }

    /// <summary>Time to live is enforced where somebody receives; until then expired messages stay, and show.</summary>
    private void Expire()
    {
        DateTimeOffset now = Now;
        while (_consumers.Count > 0 && _expiring.TryPeek(out BusMessage? message, out DateTimeOffset due) && due <= now)
        {
            _expiring.Dequeue();
            if (_messages.Find(message.Sequence) == message && message is { State: BusMessageState.Active, IsLocked: false })
                Expire(message);
        }
    }

    private void Expire(BusMessage message)
    {
        if (!Options.DeadLettersOnExpiration)
        {
            Delete(message);
            return;
        }

        Bury(
            message,
            [
                new("DeadLetterReason", "TTLExpiredException"),
                new("DeadLetterErrorDescription", "The message expired and was dead lettered."),
            ]
        );
    }

    private void Delete(BusMessage message)
    {
        _available.Remove(message);
        _messages.Remove(message);
        if (message.IsLocked)
            _locked.Remove(message.LockToken);

        message.LockToken = Guid.Empty;
    }

    private void Bury(BusMessage message, IReadOnlyList<KeyValuePair<string, object?>> properties)
    {
        Delete(message);
        BusMessage letter = message.Copy();
        letter.DeadLetterSource = Path;
        letter.Deliveries = message.Deliveries;
        if (properties.Count > 0)
            letter.SetProperties(properties);

        if (Options.ForwardDeadLettersTo is { } target)
            Forward(letter, target);
        else
            DeadLetters!.Take(letter);
    }
}
