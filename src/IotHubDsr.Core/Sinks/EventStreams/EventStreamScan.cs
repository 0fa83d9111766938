using System.Runtime.CompilerServices;
using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>
/// One pass over an event hub for all subjects, over one connection. A unit is a partition, up to the last event that it had before any was
/// read: what comes later is for a later reading.
/// </summary>
internal sealed class EventStreamScan(
    Func<CancellationToken, Task<EventStream>> describe,
    Func<EventHubPlace, EventHubClient> connect,
    RecordSelection selection,
    SinkCall call
) : IUnitWork<IReadOnlyList<DeviceDataFinding>>
{
    /// <summary>The hub takes a message in before Event Hubs stores it, and their clocks differ.</summary>
    private static readonly TimeSpan ClockMargin = TimeSpan.FromHours(1);

    private readonly StreamFindings _findings = new(selection);
    private EventHubClient? _client;
    private StreamExpiry _expiry = new();
    private int _partitions;
    private int _done;

    public bool IsSplit { get; private set; }

    /// <summary>Takes the matches of an export, and then units wait for each other; null when nothing is exported.</summary>
    public EventLines? Lines { get; init; }

    public bool IsInOrder => Lines is not null;

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (PartitionSpan span in await SpansAsync(cancellationToken))
            yield return new WorkUnit<PartitionSpan>(_partitions++, [span]);
        IsSplit = true;
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        PartitionSpan span = ((WorkUnit<PartitionSpan>)unit).Items[0];
        var reading = new EventReading(selection, HubNotes.Annotations, Lines is { } lines ? MatchIn(span.Partition, lines) : null);
        try
        {
            await _client!.ReadAsync(span, (events, token) => TakeAsync(reading, events, token), cancellationToken);
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.ReportAsync(failed.Fault, cancellationToken);
        }

        if (_findings.Add(reading) is { Count: > 0 } unread)
        {
            Fault fault = FaultCatalogue.EventsUnreadable.For(
                call.Location.ToString(),
                Counted.Of(unread.Count, "event"),
                span.Partition,
                unread.FirstOffset
            );
            _findings.NoteReported();
            await call.ReportAsync(fault, cancellationToken);
        }

        int done = Interlocked.Increment(ref _done);
        await call.ProgressAsync($"{Counted.Of(done, "partition")} read", percent: null, cancellationToken);
    }

    public async Task<IReadOnlyList<DeviceDataFinding>> CompleteAsync(CancellationToken cancellationToken)
    {
        await WarnAsync(cancellationToken);
        await CloseAsync();
        call.Reading = Reading;
        return [.. Enumerable.Range(0, selection.Subjects.Count).Select(subject => _findings.ToFinding(call, subject, _expiry))];
    }

    /// <summary>Who takes the last place of a consumer group keeps out a reader that its owner starts meanwhile.</summary>
    private async ValueTask WarnAsync(CancellationToken cancellationToken)
    {
        if (_client?.CrowdedPartition is not { } partition)
            return;
        string text =
            $"{call.Location}: the consumer group '{_client.Group}' had as many readers of partition {partition} as the service allows, and "
            + "was read when one of them had ended. Meanwhile readers of its owner can have been refused: name a consumer group for this "
            + "module in the location file as 'consumerGroup'.";
        await call.NoteAsync(NoticeLevel.Warning, text, cancellationToken);
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _client, null) is { } client)
            await client.DisposeAsync();
    }

    /// <summary>A reading that was broken off leaves a connection, which nobody has to wait for.</summary>
    public void Dispose() => _ = CloseAsync();

    private string Reading =>
        $"Each of the {Counted.Of(_partitions, "partition")} that held events was read from its first event to the last one that it had "
        + "when the reading began; when events leave was asked of Azure Resource Manager.";

    private static EventMatch MatchIn(string partition, EventLines lines)
    {
        Action<Utf8JsonWriter> writePlace = writer => writer.WriteString("partition"u8, partition);
        return (in ReceivedEvent one, in MatchedRecord record) => lines.Add(one, record, writePlace);
    }

    private async Task<IReadOnlyList<PartitionSpan>> SpansAsync(CancellationToken cancellationToken)
    {
        EventStream stream = await describe(cancellationToken);
        _expiry = stream.Expiry;
        if (stream.IsAwaited)
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location} does not exist yet.", cancellationToken);
            return [];
        }

        IReadOnlyList<string> partitions = await OpenAsync(stream, cancellationToken);
        DateTimeOffset? from = call.Options.Erasure.Scope.StartTime - ClockMargin;
        List<PartitionSpan> spans = [];
        foreach (string partition in partitions)
        {
            if (await _client!.SpanOfAsync(partition, from, cancellationToken) is { } span)
                spans.Add(span);
        }

        return spans;
    }

    /// <summary>Opens the event hub: with the account's token, or with a key that the account may list where the token is refused.</summary>
    private async Task<IReadOnlyList<string>> OpenAsync(EventStream stream, CancellationToken cancellationToken)
    {
        _client = connect(stream.Place with { IsCompacted = stream.Expiry.IsCompacted });
        try
        {
            return await _client.PartitionsAsync(cancellationToken);
        }
        catch (DsrException refused) when (refused.Fault.Id == FaultCatalogue.PermissionMissing.Id)
        {
            if (await stream.FindKeyAsync(cancellationToken) is not { } key)
                throw;
            await CloseAsync();
            _client = connect(stream.Place with { Key = key });
            try
            {
                IReadOnlyList<string> partitions = await _client.PartitionsAsync(cancellationToken);
                string how = $"The account has no role to read {call.Location}; it is read with the key of the policy '{key.Policy}'.";
                await call.NoteAsync(NoticeLevel.Verbose, how, cancellationToken);
                return partitions;
            }
            catch (DsrException keyRefused) when (keyRefused.Fault.Id == FaultCatalogue.AuthenticationFailed.Id)
            {
                // A namespace can refuse all keys. The role is what is missing.
                throw refused;
            }
        }
    }

    private async ValueTask TakeAsync(EventReading reading, IReadOnlyList<ReceivedEvent> events, CancellationToken cancellationToken)
    {
        foreach (ReceivedEvent one in events)
            reading.Read(one);
        if (Lines is { } lines)
            await lines.Lines.WriteAsync(cancellationToken);
    }
}
