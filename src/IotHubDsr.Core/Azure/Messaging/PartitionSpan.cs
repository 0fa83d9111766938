namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>What there is to read of a partition, as it was before the reading began.</summary>
/// <param name="Partition">ID of the partition.</param>
/// <param name="Last">Sequence number of its last event.</param>
/// <param name="From">Events that were enqueued earlier need not be read; null for all.</param>
internal sealed record PartitionSpan(string Partition, long Last, DateTimeOffset? From);
