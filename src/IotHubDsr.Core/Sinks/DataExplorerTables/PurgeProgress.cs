using System.Globalization;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.DataExplorer;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>
/// Asks for purges. One that is completed has hidden its rows from queries; its storage is cleaned five days later at the earliest, and 30
/// days after the order at the latest, which nobody can look at: only then it is done, and only if no query finds a row.
/// </summary>
internal sealed class PurgeProgress(SinkCall call, Func<IReadOnlyList<string>, TableScan> scan, TimeProvider time)
{
    private static readonly TimeSpan s_earliest = TimeSpan.FromDays(5);

    /// <summary>How far the service's clock may be from the one by which an order was recorded.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromHours(1);

    public async Task<IReadOnlyList<TicketAnswer>> AskAsync(
        AzureAccess access,
        IReadOnlyList<ErasureTicket> tickets,
        CancellationToken cancellationToken
    )
    {
        (ExplorerClient client, _, _) = await OpenTable.ConnectAsync(access, call.Location, cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        List<TicketAnswer> answers = [];
        List<ErasureTicket> due = [];
        foreach (ErasureTicket asked in tickets)
        {
            ErasureTicket? confirmed = asked.IsUnconfirmed ? await ConfirmAsync(client, asked, cancellationToken) : null;
            ErasureTicket ticket = confirmed ?? asked;
            string? state = ticket.IsUnconfirmed ? null : await StateAsync(client, ticket, cancellationToken);
            if (state is "BadInput" or "Failed" or "Canceled" or "Cancelled")
                Add(Failed(ticket, $"the purge {ticket.Operation} ended as {state}: nothing of it was erased."));
            else if (ticket.DueBy <= now && state == "Completed")
                Add(new TicketAnswer(ticket.Operation, TicketState.Done));
            else if (ticket.DueBy <= now && state is null)
                due.Add(asked);
            else
                Add(await PendingAsync(ticket, state, cancellationToken));

            void Add(TicketAnswer answer) => answers.Add(answer with { Confirmed = confirmed });
        }

        if (due.Count > 0)
            answers.AddRange(await SettleAsync(due, cancellationToken));
        return answers;
    }

    private async Task<TicketAnswer> PendingAsync(ErasureTicket ticket, string? state, CancellationToken cancellationToken)
    {
        string text =
            state == "Completed"
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"no query shows the rows of the purge {ticket.Operation} any more; its storage is cleaned by {ticket.DueBy:u}, and "
                        + $"not before {ticket.AcceptedAt + s_earliest:u}"
                )
                : $"the purge {ticket.Operation} is {state ?? "not shown"}: queries can still show its rows";
        await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {text}.", cancellationToken);
        return new TicketAnswer(ticket.Operation, TicketState.Pending);
    }

    /// <summary>
    /// The purge that a request has ordered whose answer is not known; null where the service shows none. One that is not shown can have been
    /// ordered all the same: it stays open until its storage would be clean.
    /// </summary>
    private async Task<ErasureTicket?> ConfirmAsync(ExplorerClient client, ErasureTicket ticket, CancellationToken cancellationToken)
    {
        try
        {
            using ExplorerRows shown = await client.PurgeAsync(
                TableQueries.ShowPurges(client.Place.Database, ticket.AcceptedAt - s_slack),
                cancellationToken
            );
            return shown
                .Rows.Where(row => row.Text("ClientRequestId")?.EndsWith(ticket.Operation, StringComparison.OrdinalIgnoreCase) == true)
                .Select(row => (Operation: row.Text("OperationId"), At: row.Time("ScheduledTime") ?? ticket.AcceptedAt))
                .Where(static purge => Guid.TryParse(purge.Operation, out _))
                .OrderByDescending(static purge => purge.At)
                .Select(purge => new ErasureTicket(purge.Operation!, purge.At, purge.At + TablePurge.Promise, ticket.DeviceIds)
                {
                    Confirms = ticket.Operation,
                })
                .FirstOrDefault();
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {failed.Fault.Message}", cancellationToken);
            return null;
        }
    }

    /// <summary>The state of a purge; null where the service does not show it, as of one long ago.</summary>
    private async Task<string?> StateAsync(ExplorerClient client, ErasureTicket ticket, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(ticket.Operation, out Guid id))
            return null;
        try
        {
            using ExplorerRows shown = await client.PurgeAsync($".show purges {id:D}", cancellationToken);
            return shown.Rows.Select(static row => row.Text("State")).FirstOrDefault();
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {failed.Fault.Message}", cancellationToken);
            return null;
        }
    }

    /// <summary>
    /// What is due, and not shown by the service any more, is done if a reading of the whole table finds nothing of its devices: rows of
    /// other generations of an ID are another device's.
    /// </summary>
    private async Task<IEnumerable<TicketAnswer>> SettleAsync(List<ErasureTicket> due, CancellationToken cancellationToken)
    {
        string[] deviceIds = [.. due.SelectMany(static ticket => ticket.DeviceIds).Distinct(StringComparer.Ordinal)];
        using TableScan reading = scan(deviceIds);
        while (!reading.IsSplit)
        {
            await foreach (WorkUnit unit in reading.SplitAsync(cancellationToken))
                await reading.DoAsync(unit, cancellationToken);
        }

        var found = (await reading.CompleteAsync(cancellationToken)).ToDictionary(
            static finding => finding.DeviceId,
            StringComparer.Ordinal
        );
        if (call.Faults > 0 || reading.Table.Columns.Missing is not null)
            return due.Select(static ticket => new TicketAnswer(ticket.Operation, TicketState.Pending));
        return due.Select(ticket =>
            ticket.DeviceIds.All(deviceId => found[deviceId] is var left && left.RecordCount <= left.OtherGenerationRecords)
                ? new TicketAnswer(ticket.Operation, TicketState.Done)
                : Failed(
                    ticket,
                    $"the time of the purge {ticket.Operation} is over, and the table has rows of its devices: if they are not new, ask "
                        + "the service's support."
                )
        );
    }

    private TicketAnswer Failed(ErasureTicket ticket, string reason) =>
        new(ticket.Operation, TicketState.Failed) { Fault = FaultCatalogue.ServiceFailed.For(call.Location.ToString(), reason) };
}
