namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>What a queue or subscription is made with.</summary>
internal sealed record BusQueueOptions
{
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>How long messages live; null is for ever. A message's own time can only be shorter.</summary>
    public TimeSpan? TimeToLive { get; init; }

    public bool DeadLettersOnExpiration { get; init; }

    public bool RequiresSession { get; init; }

    /// <summary>How long a message ID is remembered; null is for no detection of duplicates.</summary>
    public TimeSpan? DuplicateWindow { get; init; }

    /// <summary>A queue or topic of the namespace that takes each message at once.</summary>
    public string? ForwardTo { get; init; }

    public string? ForwardDeadLettersTo { get; init; }

    /// <summary>
    /// More than one makes a partitioned entity: sequence numbers have the partition in their upper 16 bits, and a page of a peek is one
    /// partition's at most.
    /// </summary>
    public int Partitions { get; init; } = 1;

    public bool IsPartitioned => Partitions > 1;

    /// <summary>
    /// A peek that names no partition is answered by the last one, as by whichever broker is the first to respond, and a page shows
    /// messages of the next partition between those of the one that was asked.
    /// </summary>
    public bool MixesPartitions { get; init; }

    /// <summary>A partition whose broker answers no peek, while its messages are counted.</summary>
    public int? SilentPartition { get; init; }
}
