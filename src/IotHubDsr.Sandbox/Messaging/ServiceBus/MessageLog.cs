namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>
/// The messages of an entity by sequence number. Numbers of one partition only rise, so that adding is appending, and looking up is a
/// binary
/// search; what was removed leaves a gap until there are many.
/// </summary>
internal sealed class MessageLog(int partitions)
{
    private const int PartitionBits = 48;
    private const int GapsBeforeCompaction = 1024;

    private readonly Partition[] _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new Partition())];

    /// <inheritdoc cref="BusQueueOptions.SilentPartition" />
    public int? Silent { get; init; }

    /// <inheritdoc cref="BusQueueOptions.MixesPartitions" />
    public bool Mixes { get; init; }

    public static long PartitionNumber(long sequence) => sequence >> PartitionBits;

    public int Count => _partitions.Sum(partition => partition.Messages.Count - partition.Gaps);

    public IEnumerable<BusMessage> All => _partitions.SelectMany(partition => partition.Messages).OfType<BusMessage>();

    public void Add(BusMessage message, int partition)
    {
        Partition owner = _partitions[partition];
        message.Sequence = ((long)partition << PartitionBits) | ++owner.Last;
        owner.Sequences.Add(message.Sequence);
        owner.Messages.Add(message);
    }

    public BusMessage? Find(long sequence)
    {
        if (PartitionOf(sequence) is not { } partition)
            return null;

        int index = partition.Sequences.BinarySearch(sequence);
        return index < 0 ? null : partition.Messages[index];
    }

    public void Remove(BusMessage message)
    {
        if (PartitionOf(message.Sequence) is not { } partition)
            return;

        int index = partition.Sequences.BinarySearch(message.Sequence);
        if (index < 0 || partition.Messages[index] != message)
            return;

        partition.Messages[index] = null;
        partition.Gaps++;
        if (partition.Gaps >= GapsBeforeCompaction && partition.Gaps > partition.Messages.Count / 2)
            partition.Compact();
    }

    /// <summary>Messages from a sequence number on: of the partition that the number is in, or of the next one that has any.</summary>
    public IEnumerable<BusMessage> From(long sequence)
    {
        int first = (int)Math.Clamp(sequence >> PartitionBits, 0, _partitions.Length);
        if (Mixes)
            return Mixed(sequence, sequence == 0 ? _partitions.Length - 1 : first);

        for (int number = first; number < _partitions.Length; number++)
        {
            IEnumerable<BusMessage> own = From(number, sequence);
            if (own.Any())
                return own;
        }

        return [];
    }

    private IEnumerable<BusMessage> Mixed(long sequence, int number)
    {
        using IEnumerator<BusMessage> others = From((number + 1) % _partitions.Length, 0).GetEnumerator();
        foreach (BusMessage message in number < _partitions.Length ? From(number, sequence) : [])
        {
            yield return message;
            if (others.MoveNext())
                yield return others.Current;
        }

        while (others.MoveNext())
            yield return others.Current;
    }

    private IEnumerable<BusMessage> From(int number, long sequence)
    {
        if (number == Silent)
            yield break;

        Partition partition = _partitions[number];
        int index = partition.Sequences.BinarySearch(sequence);
        for (int at = index < 0 ? ~index : index; at < partition.Messages.Count; at++)
        {
            if (partition.Messages[at] is { } message)
                yield return message;
        }
    }

    private Partition? PartitionOf(long sequence) =>
        sequence >> PartitionBits is >= 0 and var number && number < _partitions.Length ? _partitions[number] : null;

    private sealed class Partition
    {
        public List<long> Sequences { get; } = [];

        public List<BusMessage?> Messages { get; } = [];

        public int Gaps { get; set; }

        public long Last { get; set; }

        public void Compact()
        {
            int kept = 0;
            for (int index = 0; index < Messages.Count; index++)
            {
                if (Messages[index] is null)
                    continue;

                Messages[kept] = Messages[index];
                Sequences[kept++] = Sequences[index];
            }

            Messages.RemoveRange(kept, Messages.Count - kept);
            Sequences.RemoveRange(kept, Sequences.Count - kept);
            Gaps = 0;
        }
    }
}
