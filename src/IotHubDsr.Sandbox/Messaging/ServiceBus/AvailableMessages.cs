namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>The messages of an entity that can be delivered, in order; those of an entity with sessions by session.</summary>
internal sealed class AvailableMessages(bool bySession)
{
    private static readonly Comparer<BusMessage> ByOrder = Comparer<BusMessage>.Create(
        static (left, right) => left.Order.CompareTo(right.Order)
    );

    private readonly Dictionary<string, SortedSet<BusMessage>> _sessions = new(StringComparer.Ordinal);

    /// <summary>Sessions that have a message to deliver, the one with the oldest first.</summary>
    public IEnumerable<string> Sessions =>
        _sessions.Where(session => session.Value.Count > 0).OrderBy(session => session.Value.Min!.Order).Select(session => session.Key);

    public void Add(BusMessage message)
    {
        string key = Key(message.SessionId);
        if (!_sessions.TryGetValue(key, out SortedSet<BusMessage>? messages))
            _sessions[key] = messages = new SortedSet<BusMessage>(ByOrder);

        messages.Add(message);
    }

    public void Remove(BusMessage message)
    {
        string key = Key(message.SessionId);
        if (!_sessions.TryGetValue(key, out SortedSet<BusMessage>? messages) || !messages.Remove(message))
            return;

        if (messages.Count == 0)
            _sessions.Remove(key);
    }

    public BusMessage? First(string? session) => _sessions.GetValueOrDefault(Key(session))?.Min;

    private string Key(string? session) => bySession ? session ?? "" : "";
}
