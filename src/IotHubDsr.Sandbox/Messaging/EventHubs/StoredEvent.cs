namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>An event as it goes over the wire: the annotations of the service and the sender's part, both encoded once.</summary>
internal readonly record struct StoredEvent(long EnqueuedMilliseconds, ArraySegment<byte> Head, ArraySegment<byte> Tail);

/// <summary>What $management and the runtime metrics tell of a partition at one moment.</summary>
internal readonly record struct PartitionState(long First, long Last, string LastOffset, DateTimeOffset LastEnqueued, bool IsEmpty);
