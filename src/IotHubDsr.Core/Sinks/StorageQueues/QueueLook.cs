using IotHubDsr.Core.Azure.Queues;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>What a look at a queue showed; nothing was received.</summary>
/// <param name="Messages">The messages at its front.</param>
/// <param name="Count">How many it counts, those included that are hidden from everybody but the one who received them.</param>
internal sealed record QueueLook(IReadOnlyList<QueuedMessage> Messages, long Count)
{
    private const int MostLooks = 3;

    /// <summary>Whether every message was seen.</summary>
    public bool IsWhole => Count <= Messages.Count;

    /// <summary>Messages that somebody has received and not deleted yet, where the look would have shown them otherwise.</summary>
    public long Hidden => Messages.Count < QueueAccess.MostAtOnce ? Math.Max(0, Count - Messages.Count) : 0;

    /// <summary>Looks at a queue, and again where only messages that come and go keep it from being seen as a whole.</summary>
    public static async Task<QueueLook> TakeAsync(QueueAccess queue, CancellationToken cancellationToken)
    {
        for (int looks = 1; ; looks++)
        {
            long before = await queue.CountAsync(cancellationToken);
            IReadOnlyList<QueuedMessage> messages = await queue.PeekAsync(cancellationToken);
            long after = await queue.CountAsync(cancellationToken);

            // A message that came and was received in between stands in one of the counts.
            var look = new QueueLook(messages, Math.Max(before, after));
            if (look.IsWhole || Math.Min(before, after) > messages.Count || looks == MostLooks)
                return look;
        }
    }
}
