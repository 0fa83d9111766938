using System.Collections.Concurrent;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// Asks for orders to purge. That the service is through with one means that it was accepted, and no more: whether rows of it are left, only
/// the rows tell, for as long as it promises to take.
/// </summary>
internal sealed class PurgeFollowing(SinkCall call, Func<IReadOnlyList<string>, ErasableRow, LogScan> scan, TimeProvider time)
{
    /// <summary>Orders of which there are rows.</summary>
    private readonly ConcurrentDictionary<string, byte> _left = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<TicketAnswer>> AskAsync(
        PurgeClient purges,
        IReadOnlyList<ErasureTicket> tickets,
        CancellationToken cancellationToken
    )
    {
        List<TicketAnswer> answers = [];
        List<ErasureTicket> completed = [];
        foreach (ErasureTicket ticket in tickets)
        {
            if (IsDueOrSeen(ticket) && await IsOverAsync(purges, ticket, cancellationToken))
                completed.Add(ticket);
            else
                answers.Add(new TicketAnswer(ticket.Operation, TicketState.Pending));
        }

        if (completed.Count == 0)
            return answers;
        bool isRead = await ReadAsync(completed, cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        answers.AddRange(
            completed.Select(ticket => isRead ? AnswerOf(ticket, now) : new TicketAnswer(ticket.Operation, TicketState.Pending))
        );
        return answers;
    }

    /// <summary>
    /// Rows that are hidden are never found: until the time of the promise is over, nobody can tell that they are gone.
    /// </summary>
    private bool IsDueOrSeen(ErasureTicket ticket) => !ticket.IsHidden || ticket.DueBy <= time.GetUtcNow();

    /// <summary>One order that cannot be asked for does not keep the answers of the others; when its time is over, the rows decide.</summary>
    private async Task<bool> IsOverAsync(PurgeClient purges, ErasureTicket ticket, CancellationToken cancellationToken)
    {
        // The service shows no orders: of one whose answer is not known only the rows tell.
        if (ticket.IsUnconfirmed)
            return true;
        try
        {
            return await purges.IsCompletedAsync(ticket.Operation, cancellationToken);
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {failed.Fault.Message}", cancellationToken);
            return !ticket.IsHidden && ticket.DueBy <= time.GetUtcNow();
        }
    }

    private TicketAnswer AnswerOf(ErasureTicket ticket, DateTimeOffset now)
    {
        if (!_left.ContainsKey(ticket.Operation))
            return new TicketAnswer(ticket.Operation, TicketState.Done);
        if (now < ticket.DueBy)
            return new TicketAnswer(ticket.Operation, TicketState.Pending);

        // What was not accepted has failed nobody: its rows are ordered again.
        return new TicketAnswer(ticket.Operation, TicketState.Failed)
        {
            Fault = ticket.IsUnconfirmed
                ? null
                : FaultCatalogue.ServiceFailed.For(
                    call.Location.ToString(),
                    $"the purge {ticket.Operation} is over, and rows that were there before it still are: ask the service's support."
                ),
        };
    }

    /// <summary>Reads the workspace; false if it could not be read as a whole.</summary>
    private async Task<bool> ReadAsync(IReadOnlyList<ErasureTicket> tickets, CancellationToken cancellationToken)
    {
        string[] deviceIds = [.. tickets.SelectMany(static ticket => ticket.DeviceIds).Distinct(StringComparer.Ordinal)];
        var devices = tickets.ToDictionary(
            static ticket => ticket.Operation,
            static ticket => ticket.DeviceIds.ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        using LogScan reading = scan(deviceIds, (table, key, _, rows) =>
        {
            string covered = PurgeValue.CoveredBy(table, key.Column, key.Value);
            foreach (ErasureTicket ticket in tickets)
            {
                // Rows that came in since are not what was ordered.
                bool isLeft =
                    !_left.ContainsKey(ticket.Operation)
                    && rows.Any(row => row.Received < ticket.AcceptedAt && devices[ticket.Operation].Contains(deviceIds[row.Subject]))
                    && ticket.Covers(covered);
                if (isLeft)
                    _left.TryAdd(ticket.Operation, 0);
            }
        });
        while (!reading.IsSplit)
        {
            await foreach (WorkUnit unit in reading.SplitAsync(cancellationToken))
                await reading.DoAsync(unit, cancellationToken);
        }

        await reading.CompleteAsync(cancellationToken);
        return call.Faults == 0;
    }
}
