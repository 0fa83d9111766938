namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>The sessions of an entity: who holds which until when, and their states. Its owner guards it.</summary>
internal sealed class BusSessions
{
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (byte[] State, DateTimeOffset Updated)> _states = new(StringComparer.Ordinal);

    public DateTimeOffset? NextEnd => _held.Count == 0 ? null : _held.Values.Min(held => held.Until);

    public bool IsHeld(string session) => _held.ContainsKey(session);

    public DateTimeOffset? UntilOf(string session) => _held.TryGetValue(session, out Held? held) ? held.Until : null;

    public bool IsHeldBy(string session, BusReceiver receiver) => _held.TryGetValue(session, out Held? held) && held.Receiver == receiver;

    public void Hold(string session, BusReceiver receiver, DateTimeOffset until) => _held[session] = new Held(receiver, until);

    public bool Renew(string session, DateTimeOffset until)
    {
        if (!_held.TryGetValue(session, out Held? held))
            return false;

        _held[session] = held with { Until = until };
        return true;
    }

    public void Release(string session, BusReceiver receiver)
    {
        if (IsHeldBy(session, receiver))
            _held.Remove(session);
    }

    /// <summary>Takes the sessions whose time has ended.</summary>
    public IReadOnlyList<(string Session, BusReceiver Receiver)> TakeEnded(DateTimeOffset now)
    {
        List<(string, BusReceiver)> ended =
        [
            .. _held.Where(pair => pair.Value.Until <= now).Select(pair => (pair.Key, pair.Value.Receiver)),
        ];
        foreach ((string session, _) in ended)
            _held.Remove(session);

        return ended;
    }

    public byte[]? StateOf(string session) => _states.TryGetValue(session, out (byte[] State, DateTimeOffset) known) ? known.State : null;

    public void SetState(string session, byte[]? state, DateTimeOffset now)
    {
        if (state is null)
            _states.Remove(session);
        else
            _states[session] = (state, now);
    }

    public IEnumerable<string> WithStateSince(DateTimeOffset time) =>
        _states.Where(pair => pair.Value.Updated >= time).Select(pair => pair.Key);

    private sealed record Held(BusReceiver Receiver, DateTimeOffset Until);
}
