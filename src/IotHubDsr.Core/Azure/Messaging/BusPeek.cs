namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>
/// One pass over a queue without partitions. A page can be short for no reason that a client could know: only an empty one is the end. The
/// next page is on its way while one is looked at.
/// </summary>
internal sealed class BusPeek(BusPages pages, BusPlace place)
{
    /// <summary>What comes next; what lies before it has been shown.</summary>
    public long From { get; private set; }

    /// <summary>Whether the last page held messages of partitions, whose numbers follow no common order: it was not taken.</summary>
    public bool HasPartitions { get; private set; }

    /// <summary>The next messages; none at the end.</summary>
    public async Task<IReadOnlyList<BusMessage>> NextAsync(CancellationToken cancellationToken)
    {
        List<BusMessage> page = await pages.GetAsync(From, cancellationToken);
        if (page.Count == 0)
            return page;
        long from = From;
        long next = from;
        foreach (BusMessage message in page)
            next = Math.Max(next, message.SequenceNumber + 1);
        HasPartitions = BusMessage.PartitionOf(next) > 0;
        if (HasPartitions)
            return page;
        if (next == from)
            throw FaultCatalogue.ServiceFailed.Exception(place.Target, "it shows the same messages again and again.");
        From = next;
        pages.Expect(next, cancellationToken);
        page.RemoveAll(message => message.SequenceNumber < from);
        return page;
    }
}
