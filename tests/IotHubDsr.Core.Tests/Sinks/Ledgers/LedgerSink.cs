using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Sinks.Ledgers;

/// <summary>Reads a ledger page by page, and orders what is to be struck out.</summary>
internal sealed class LedgerSink(TimeProvider time) : IFinder, IEraser, ITicketReader
{
    public static readonly TimeSpan Promise = TimeSpan.FromDays(30);

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork
            .OfGroups(new Ledger(call.Location.Place).Pages, size: 1, (pages, _) =>
                Task.FromResult<IReadOnlyList<(string DeviceId, SeenItem Item)>>([.. pages.SelectMany(page => ReadPage(page, deviceIds))])
            )
            .Select(found => (IReadOnlyList<DeviceDataFinding>)[.. deviceIds.Select(deviceId => FindingOf(call, deviceId, found))]);

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        UnitWork.Whole<IReadOnlyList<ErasureOutcome>>(async token =>
        {
            DeviceDataFinding[] going = [.. findings.Where(finding => finding.Items.Count > 0)];
            if (going.Length > 0)
            {
                AnnouncedItem[] items =
                [
                    .. going.SelectMany(
                        finding => finding.Items,
                        (finding, item) => new AnnouncedItem(item.Path, finding.DeviceId, item.Records)
                    ),
                ];
                await call.AnnounceAsync(new Announcement("orders the lines to be struck out", items), token);
                string[] devices = [.. going.Select(finding => finding.DeviceId)];
                string number = new Ledger(call.Location.Place).Order(devices);
                DateTimeOffset now = time.GetUtcNow();
                await call.TakeAsync(new ErasureTicket(number, now, now + Promise, devices), token);
            }

            return [.. findings.Select(finding => new ErasureOutcome(finding.DeviceId, RecordsErased: 0, ItemsChanged: 0))];
        });

    public Task<IReadOnlyList<TicketAnswer>> AskAsync(
        SinkCall call,
        IReadOnlyList<ErasureTicket> tickets,
        CancellationToken cancellationToken
    )
    {
        var ledger = new Ledger(call.Location.Place);
        return Task.FromResult<IReadOnlyList<TicketAnswer>>([.. tickets.Select(ticket => AnswerOf(call, ticket, ledger))]);
    }

    private static TicketAnswer AnswerOf(SinkCall call, ErasureTicket ticket, Ledger ledger) =>
        ledger.StateOf(ticket.Operation) switch
        {
            null => new TicketAnswer(ticket.Operation, TicketState.Pending),
            true => new TicketAnswer(ticket.Operation, TicketState.Done),
            false => new TicketAnswer(ticket.Operation, TicketState.Failed)
            {
                Fault = FaultCatalogue.ServiceFailed.For(call.Location.ToString(), $"the clerk refused the order {ticket.Operation}"),
            },
        };

    private static IEnumerable<(string DeviceId, SeenItem Item)> ReadPage(string page, IReadOnlyList<string> deviceIds) =>
        from deviceId in deviceIds
        let lines = Ledger.CountOn(page, deviceId)
        where lines > 0
        select (deviceId, new SeenItem(Path.GetFileName(page), ETag: null, lines, Bytes: 0));

    private static DeviceDataFinding FindingOf(SinkCall call, string deviceId, IReadOnlyList<(string DeviceId, SeenItem Item)> found)
    {
        SeenItem[] items = [.. found.Where(one => one.DeviceId == deviceId).Select(one => one.Item)];
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = items.Length > 0 ? Verdict.Present : Verdict.Absent,
            RecordCount = items.Sum(item => item.Records),
            Items = items,
        };
    }
}
