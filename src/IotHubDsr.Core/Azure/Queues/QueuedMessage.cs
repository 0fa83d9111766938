namespace IotHubDsr.Core.Azure.Queues;

/// <summary>A message of a storage queue.</summary>
/// <param name="Id">Its ID, which it keeps.</param>
/// <param name="Text">What was put into the queue, in UTF-8.</param>
/// <param name="Inserted">When it was put into the queue.</param>
/// <param name="Expires">When it leaves by itself; null when it stays until somebody deletes it.</param>
/// <param name="Dequeues">How often it was received, this time included.</param>
internal sealed record QueuedMessage(string Id, ReadOnlyMemory<byte> Text, DateTimeOffset Inserted, DateTimeOffset? Expires, long Dequeues)
{
    /// <summary>What deleting it or giving it back takes; empty when it was only looked at.</summary>
    public string Receipt { get; init; } = string.Empty;

    /// <summary>Until when nobody else can have received it.</summary>
    public DateTimeOffset HiddenUntil { get; init; }

    /// <summary>
    /// The service shows a message that never expires with the last time there is; an end that nobody waits for is none either.
    /// </summary>
    public static DateTimeOffset? EndOf(DateTimeOffset inserted, DateTimeOffset? expires)
    {
        const int mostDays = 3650;
        return expires is { } end && (end - inserted).TotalDays <= mostDays ? end : null;
    }
}
