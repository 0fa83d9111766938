using System.Runtime.CompilerServices;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Sinks.EventStreams;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>
/// One pass over all queues of a place for all subjects, over one connection: messages are shown, and none is received. A unit is a queue.
/// Messages become dead letters and are forwarded meanwhile: what they leave is read in a round before what they get to, so that none is
/// missed.
/// </summary>
internal sealed class BusScan(BusPlaces places, RecordSelection selection, SinkCall call) : IUnitWork<IReadOnlyList<DeviceDataFinding>>
{
    /// <summary>Clocks differ by as much.</summary>
    private static readonly TimeSpan CountMargin = TimeSpan.FromSeconds(2);

    private readonly BusFindings _findings = new(selection, call.Options.Erasure.SettleMessages);
    private BusClient? _client;
    private Queue<IReadOnlyList<BusStop>>? _rounds;
    private int _entities;
    private int _units;
    private int _done;

    public bool IsSplit => _rounds is { Count: 0 };

    /// <summary>Takes the matches of an export, and then units wait for each other; null when nothing is exported.</summary>
    public EventLines? Lines { get; init; }

    public bool IsInOrder => Lines is not null;

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _rounds ??= new Queue<IReadOnlyList<BusStop>>(BusRounds.Of(await EntitiesAsync(cancellationToken)));
        if (!_rounds.TryDequeue(out IReadOnlyList<BusStop>? round))
            yield break;
        foreach (BusStop stop in round)
            yield return new WorkUnit<BusStop>(_units++, [stop]);
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        (BusEntity entity, BusNode node) = ((WorkUnit<BusStop>)unit).Items[0];
        var reading = new BusReading(node, selection, Lines);
        try
        {
            await _client!.PeekAsync(
                node,
                entity.IsPartitioned,
                (messages, token) => TakeAsync(entity, reading, messages, token),
                cancellationToken
            );
            NoteUnshown(entity, reading);
        }
        catch (InvalidOperationException) when (entity.ForwardsOf(node))
        {
            // Nobody may read where messages only pass through: what is left of the time before is counted.
            _findings.AddUnseen(node.SubQueue is BusSubQueue.None ? entity.Counts.OwnOfAnyState : entity.Counts.Of(node.SubQueue));
        }
        catch (InvalidOperationException refused)
        {
            await call.ReportAsync(BusFaults.Translate(refused, _client!.Place, "read").Fault, cancellationToken);
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.ReportAsync(failed.Fault, cancellationToken);
        }

        await AddAsync(reading, cancellationToken);
        int done = Interlocked.Increment(ref _done);
        await call.ProgressAsync($"{Counted.Of(done, "queue")} read", percent: null, cancellationToken);
    }

    public async Task<IReadOnlyList<DeviceDataFinding>> CompleteAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        call.Reading =
            $"Each of the {Counted.Of(_entities, "queue or subscription", "queues and subscriptions")} that messages get to was looked "
            + "through to its end, with its dead letters, without receiving; Azure Resource Manager was asked which there are.";
        return [.. Enumerable.Range(0, selection.Subjects.Count).Select(subject => _findings.ToFinding(call, subject))];
    }

    /// <summary>A reading that was broken off leaves a connection, which nobody has to wait for.</summary>
    public void Dispose() => _ = CloseAsync();

    private async Task<IReadOnlyList<BusEntity>> EntitiesAsync(CancellationToken cancellationToken)
    {
        BusReach reach = await places.DescribeAsync(call, cancellationToken);
        _findings.AddUnseen(reach.Waiting + reach.Entities.Sum(static entity => entity.InTransfer));
        if (reach.Entities.Any(static entity => !entity.IsKnown))
            _findings.NoteDoubt("its resource ID is not known, and therefore neither what it forwards: a location file can name it");
        _client = places.Connect(call.Location);
        _entities = reach.Entities.Count;
        return reach.Entities;
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _client, null) is { } client)
            await client.DisposeAsync();
    }

    /// <summary>Nothing tells which partitions there are: only the service's count shows that none is missing.</summary>
    private void NoteUnshown(BusEntity entity, BusReading reading)
    {
        long counted = entity.Counts.Of(reading.Node.SubQueue);
        long unshown = counted - reading.Settled;
        if (unshown <= 0 || !(entity.IsPartitioned || reading.HasPartitions))
            return;
        _findings.NoteDoubt(
            $"of '{reading.Node}', {Counted.Of(unshown, "message")} of {counted} in its partitions were not shown: either they have left "
                + "meanwhile, or a partition did not answer"
        );
    }

    private async ValueTask TakeAsync(
        BusEntity entity,
        BusReading reading,
        IReadOnlyList<BusMessage> messages,
        CancellationToken cancellationToken
    )
    {
        foreach (BusMessage message in messages)
        {
            reading.Count(message, entity.CountedAt + CountMargin);
            if (reading.Read(message) is { } matched)
                _findings.Add(entity, reading.Node, matched, places.Now);
        }

        if (Lines is { } lines)
            await lines.Lines.WriteAsync(cancellationToken);
    }

    private async ValueTask AddAsync(BusReading reading, CancellationToken cancellationToken)
    {
        if (_findings.Add(reading) is not { Count: > 0 } unread)
            return;
        Fault fault = FaultCatalogue.MessagesUnreadable.For(
            call.Location.ToString(),
            Counted.Of(unread.Count, "message"),
            $"{reading.Node}",
            unread.FirstOffset
        );
        _findings.NoteReported();
        await call.ReportAsync(fault, cancellationToken);
    }
}
