using System.Runtime.CompilerServices;
using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Cosmos;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>
/// One reading of a container for all subjects. A unit is one range of partition keys and some of the devices; where a device's partition
/// is known, the partitions of some devices are one, and the ranges are asked for what lies elsewhere: what a gateway sent for a device lies
/// in the gateway's partition, and what was written under another template anywhere.
/// </summary>
internal sealed class DocumentScan(
    Func<CancellationToken, Task<DocumentContainer>> open,
    RecordSelection selection,
    SinkCall call,
    TimeProvider time
) : IUnitWork<IReadOnlyList<DeviceDataFinding>>
{
    /// <summary>How containers are read for a verdict, for a certificate.</summary>
    public const string HowRead =
        "All partitions were queried, to the last page, for documents that name the device, and each document was judged by what it says; "
        + "what keeps copies of deleted documents was asked of the service and of Azure Resource Manager.";

    private readonly DocumentFindings _findings = new(selection);
    private readonly string[][] _batches =
    [
        .. Enumerable.Range(0, selection.Subjects.Count).Select(index => selection.Subjects[index]).Chunk(DocumentQueries.MostDevices),
    ];
    private DocumentContainer? _container;
    private string? _deviceMember;
    private bool _isComplete;
    private int _documents;
    private int _reported;

    public bool IsSplit { get; private set; }

    /// <summary>Takes the matches of an export, and then units wait for each other; null when nothing is exported.</summary>
    public DocumentLines? Lines { get; init; }

    public bool IsInOrder => Lines is not null;

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _container = await open(cancellationToken);
        _deviceMember = selection.WithBody ? null : KeyTemplate.DeviceMember(call.Location, _container.Paths);
        IReadOnlyList<string> ranges = await _container.Client.RangesAsync(cancellationToken);
        int number = 0;
        if (_deviceMember is not null)
        {
            foreach (string[] batch in _batches)
                yield return new Partitions(number++, batch);
        }

        foreach (string range in ranges)
        {
            // What a body says no query tells: then all documents are read.
            foreach (DocumentQuery query in selection.WithBody ? [DocumentQueries.All] : Queries())
                yield return new Range(number++, query with { Range = range });
            if (!selection.WithBody)
                yield return new Senderless(number++, DocumentQueries.Senderless with { Range = range });
        }

        IsSplit = true;
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        try
        {
            switch (unit)
            {
                case Partitions partitions:
                    foreach (string deviceId in partitions.DeviceIds)
                    {
                        DocumentQuery query = DocumentQueries.Naming(partitions.DeviceIds) with { Key = DocumentAddress.KeyOf(deviceId) };
                        await ReadAsync(query, cancellationToken);
                    }

                    break;
                case Range range:
                    await ReadAsync(range.Query, cancellationToken);
                    break;
                case Senderless senderless:
                    await CountAsync(senderless.Query, cancellationToken);
                    break;
            }
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.ReportAsync(failed.Fault, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<DeviceDataFinding>> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_findings.Unread > 0)
        {
            _reported++;
            Fault fault = FaultCatalogue.DocumentsUnreadable.For(
                call.Location.ToString(),
                Counted.Of(_findings.Unread, "document"),
                _findings.FirstUnread
            );
            await call.ReportAsync(fault, cancellationToken);
        }

        DateTimeOffset now = time.GetUtcNow();
        DeviceDataFinding[] findings =
        [
            .. Enumerable
                .Range(0, selection.Subjects.Count)
                .Select(subject => _findings.ToFinding(call, subject, _container!, _reported, now)),
        ];
        _isComplete = true;
        return findings;
    }

    /// <summary>Lets go of the connection, and of what was found unless findings refer to it.</summary>
    public void Dispose()
    {
        _container?.Dispose();
        if (!_isComplete)
            _findings.Dispose();
    }

    private IEnumerable<DocumentQuery> Queries() => _batches.Select(batch => DocumentQueries.Naming(batch, _deviceMember));

    private async Task ReadAsync(DocumentQuery query, CancellationToken cancellationToken)
    {
        var judge = new DocumentJudge(selection, call.Location, Lines);
        try
        {
            await foreach (byte[] page in _container!.Client.QueryAsync(query, cancellationToken))
            {
                foreach (ReadOnlyMemory<byte> json in DocumentPage.Split(page))
                    Take(judge, json);
                if (Lines is { } lines)
                    await lines.Lines.WriteAsync(cancellationToken);
                await call.ProgressAsync($"{Counted.Of(_documents, "document")} read", percent: null, cancellationToken);
            }
        }
        finally
        {
            _findings.Add(judge.Clear);
        }
    }

    private void Take(DocumentJudge judge, ReadOnlyMemory<byte> json)
    {
        if (StoredDocument.Read(json, _container!.Paths) is not { } document)
        {
            _findings.AddUnread("without an ID");
            return;
        }

        if (!_findings.IsNew(document.Rid))
            return;
        Interlocked.Increment(ref _documents);
        Judgement judgement = judge.Judge(document, json);
        if (judgement.IsStranger)
            _findings.AddStranger();
        else
            _findings.Add(document, json.Length, judgement);
    }

    /// <summary>Counts what tells no sender: messages of a hub whose sender nobody knows, and what no hub wrote.</summary>
    private async Task CountAsync(DocumentQuery query, CancellationToken cancellationToken)
    {
        await foreach (byte[] page in _container!.Client.QueryAsync(query, cancellationToken))
        {
            foreach (ReadOnlyMemory<byte> json in DocumentPage.Split(page))
            {
                using var row = JsonDocument.Parse(json);
                JsonElement? told = row.RootElement;
                string? hub = told.Text("hub");
                if (hub is not null && selection.Subjects.Origin?.IsNamed(hub) == false)
                    continue;
                if (!_findings.IsNew(told.Text("rid") ?? ""))
                    continue;
                if (hub is not null || told.Flag("isRouted", otherwise: true))
                    _findings.AddUnread(told.Text("id") ?? "");
                else
                    _findings.AddStranger();
            }
        }
    }

    /// <summary>The partitions of some devices.</summary>
    private sealed record Partitions(int Number, IReadOnlyList<string> DeviceIds) : WorkUnit(Number);

    /// <summary>A range, and what it is asked for.</summary>
    private sealed record Range(int Number, DocumentQuery Query) : WorkUnit(Number);

    /// <summary>A range that is asked for what tells no sender.</summary>
    private sealed record Senderless(int Number, DocumentQuery Query) : WorkUnit(Number);
}
