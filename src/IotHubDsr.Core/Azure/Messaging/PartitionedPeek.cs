namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>
/// Looks through each partition of a queue to its end. A peek that names no partition is answered by whichever is the first to respond, and
/// nothing tells which partitions there are: they are learnt from the numbers that come up, and asked until a round brings nothing new.
/// </summary>
internal sealed class PartitionedPeek(BusPages pages, Func<IReadOnlyList<BusMessage>, CancellationToken, ValueTask> take)
{
    /// <summary>As many as an entity of the tier Standard has.</summary>
    private const int UsualPartitions = 16;

    /// <summary>What comes in all the time would keep it going for ever.</summary>
    private const int MostRounds = 8;

    /// <summary>Most partitions of most queues have a page or none: to ask one after the other is to wait for nothing.</summary>
    private const int AskedAtOnce = 8;

    /// <summary>Where each partition goes on.</summary>
    private readonly SortedDictionary<int, long> _next = [];

    /// <param name="from">What of the first partition lies before this number has been taken.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(long from, CancellationToken cancellationToken)
    {
        for (int partition = 0; partition < UsualPartitions; partition++)
            Learn(partition);
        _next[0] = Math.Max(from, _next[0]);
        bool isNew = true;
        for (int round = 0; isNew && round < MostRounds; round++)
        {
            // Whoever responds first may be one that no number has told yet.
            isNew = LearnFrom(await pages.GetAsync(0, cancellationToken));
            foreach (int[] partitions in _next.Keys.Chunk(AskedAtOnce).ToList())
                isNew |= await ReadAsync(partitions, cancellationToken);
        }
    }

    /// <summary>Reads partitions on to their ends; false when there was nothing more, and no sign of a further partition.</summary>
    private async Task<bool> ReadAsync(int[] partitions, CancellationToken cancellationToken)
    {
        bool isNew = false;
        IReadOnlyList<List<BusMessage>> first = await pages.GetAsync(Array.ConvertAll(partitions, one => _next[one]), cancellationToken);
        foreach ((int partition, List<BusMessage> asked) in partitions.Zip(first))
        {
            List<BusMessage> page = asked;
            while (true)
            {
                isNew |= LearnFrom(page);
                page.RemoveAll(message => message.Partition != partition || message.SequenceNumber < _next[partition]);
                if (page.Count == 0)
                    break;
                isNew = true;
                _next[partition] = page.Max(static message => message.SequenceNumber) + 1;
                await take(page, cancellationToken);
                page = await pages.GetAsync(_next[partition], cancellationToken);
            }
        }

        return isNew;
    }

    private bool LearnFrom(List<BusMessage> page)
    {
        bool isNew = false;
        foreach (BusMessage message in page)
            isNew |= Learn(message.Partition);
        return isNew;
    }

    /// <summary>Numbers of a partition begin at 1: 0 alone would name no partition.</summary>
    private bool Learn(int partition) => _next.TryAdd(partition, BusMessage.FirstOf(partition));
}
