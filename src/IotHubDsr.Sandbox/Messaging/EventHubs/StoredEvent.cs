namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>An event as it goes over the wire: the annotations of the service and the sender's part, both encoded once.</summary>
internal readonly record struct StoredEvent(long EnqueuedMilliseconds, ArraySegment<byte> Head, ArraySegment<byte> Tail);

/// <summary>An event that has no place in a partition yet: the sender's part, and annotations that the service sets.</summary>
internal readonly record struct NewEvent(
    ReadOnlyMemory<byte> Tail,
    IReadOnlyList<KeyValuePair<string, object?>> Annotations,
    DateTimeOffset Enqueued
);

/// <summary>What $management and the runtime metrics tell of a partition at one moment.</summary>
internal readonly record struct PartitionState(long First, long Last, string LastOffset, DateTimeOffset LastEnqueued, bool IsEmpty);
