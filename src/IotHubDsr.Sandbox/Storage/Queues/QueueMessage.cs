namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>A message of a queue. Each change makes a new one: what a client was given of it stays as it was.</summary>
/// <param name="Id">Tells it from all others, for ever.</param>
/// <param name="Text">What was put into it, or what an update made of it.</param>
/// <param name="Number">The order in which messages were put.</param>
/// <param name="Inserted">When it was put.</param>
/// <param name="Expires">When it is gone, whoever has seen it.</param>
internal sealed record QueueMessage(string Id, string Text, long Number, DateTimeOffset Inserted, DateTimeOffset Expires)
{
    /// <summary>The order of the queue: what became visible first stands in front.</summary>
    public static IComparer<QueueMessage> ByPlace { get; } =
        Comparer<QueueMessage>.Create((left, right) => (left.NextVisible, left.Number).CompareTo((right.NextVisible, right.Number)));

    public static IComparer<QueueMessage> ByExpiry { get; } =
        Comparer<QueueMessage>.Create((left, right) => (left.Expires, left.Number).CompareTo((right.Expires, right.Number)));

    /// <summary>From then on it can be seen and taken.</summary>
    public required DateTimeOffset NextVisible { get; init; }

    /// <summary>What its next change needs. Each taking and each update makes a new one.</summary>
    public required string PopReceipt { get; init; }

    /// <summary>How often it was taken.</summary>
    public int DequeueCount { get; init; }
}
