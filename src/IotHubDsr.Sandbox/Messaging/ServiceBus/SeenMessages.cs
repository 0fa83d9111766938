namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>Message IDs of late, where an entity detects duplicates: one that comes again is accepted and dropped.</summary>
internal sealed class SeenMessages(TimeSpan? window, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);

    public bool IsDuplicate(BusMessage message)
    {
        if (window is not { } remembered || message.MessageId is not { } id)
            return false;

        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            if (_seen.TryGetValue(id, out DateTimeOffset seen) && seen + remembered > now)
                return true;

            _seen[id] = now;
            return false;
        }
    }
}
