using Azure.Messaging.ServiceBus;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>What keeps a message from being delivered, if anything does.</summary>
internal enum BusMessageState
{
    /// <summary>It waits for a receiver, or one has locked it.</summary>
    Active,

    /// <summary>A receiver has set it aside: only its number leads to it.</summary>
    Deferred,

    /// <summary>Its time has not come.</summary>
    Scheduled,
}

/// <summary>A message as a queue showed it, or gave it under a lock.</summary>
internal sealed class BusMessage(ServiceBusReceivedMessage received)
{
    private const int BitsOfNumber = 48;

    /// <summary>Its number in the queue; of a partitioned entity, the upper 16 bits are the partition's.</summary>
    public long SequenceNumber { get; } = received.SequenceNumber;

    /// <summary>The partition that it is in; 0 where the entity has none.</summary>
    public int Partition => PartitionOf(SequenceNumber);

    public BusMessageState State =>
        received.State switch
        {
            ServiceBusMessageState.Deferred => BusMessageState.Deferred,
            ServiceBusMessageState.Scheduled => BusMessageState.Scheduled,
            _ => BusMessageState.Active,
        };

    public string? SessionId => received.SessionId;

    /// <summary>How often it was delivered; under a lock, this time included.</summary>
    public int DeliveryCount => received.DeliveryCount;

    /// <summary>When the queue stored it.</summary>
    public DateTimeOffset Enqueued => received.EnqueuedTime;

    /// <summary>
    /// Whether it shows the time at which it is enqueued as that at which it was stored, and so not when it came.
    /// </summary>
    private bool HidesArrival => State is BusMessageState.Scheduled && Enqueued >= received.ScheduledEnqueueTime;

    /// <summary>When it expires by what it says itself; the farthest time there is when it never does.</summary>
    public DateTimeOffset ExpiresAt => received.ExpiresAt;

    /// <summary>By what it is settled; empty for one that was only shown.</summary>
    public Guid LockToken => Guid.TryParse(received.LockToken, out Guid token) ? token : Guid.Empty;

    public DateTimeOffset LockedUntil => received.LockedUntil;

    /// <summary>As what all services of messaging transfer.</summary>
    public ReceivedEvent ToEvent() =>
        new(SequenceNumber, received.EnqueuedTime, received.GetRawAmqpMessage()) { HidesArrival = HidesArrival };

    public static int PartitionOf(long sequenceNumber) => (int)(sequenceNumber >> BitsOfNumber);

    /// <summary>The first number that a partition gives.</summary>
    public static long FirstOf(int partition) => ((long)partition << BitsOfNumber) + 1;
}
