using System.Collections.Concurrent;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// Asks for orders to purge. That the service is through with one means that it was accepted, and no more: whether rows of it are left, only
/// the rows tell, for as long as it promises to take.
/// </summary>
internal sealed class PurgeFollowing(SinkCall call, Func<IReadOnlyList<string>, ErasableRow, LogScan> scan, TimeProvider time)
{
    /// <summary>Rows that the workspace has taken in before an order, by device.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _oldest = new(StringComparer.Ordinal);

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
            if (await IsOverAsync(purges, ticket, cancellationToken))
                completed.Add(ticket);
            else
                answers.Add(new TicketAnswer(ticket.Operation, TicketState.Pending));
        }

        if (completed.Count == 0)
            return answers;
        bool isRead = await ReadAsync([.. completed.SelectMany(static ticket => ticket.DeviceIds).Distinct()], cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        answers.AddRange(
            completed.Select(ticket => isRead ? AnswerOf(ticket, now) : new TicketAnswer(ticket.Operation, TicketState.Pending))
        );
        return answers;
    }

    /// <summary>One order that cannot be asked for does not keep the answers of the others; when its time is over, the rows decide.</summary>
    private async Task<bool> IsOverAsync(PurgeClient purges, ErasureTicket ticket, CancellationToken cancellationToken)
    {
        try
        {
            return await purges.IsCompletedAsync(ticket.Operation, cancellationToken);
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {failed.Fault.Message}", cancellationToken);
            return ticket.DueBy <= time.GetUtcNow();
        }
    }

    private TicketAnswer AnswerOf(ErasureTicket ticket, DateTimeOffset now)
    {
        bool isLeft = ticket.DeviceIds.Any(deviceId =>
            _oldest.TryGetValue(deviceId, out DateTimeOffset oldest) && oldest < ticket.AcceptedAt
        );
        if (!isLeft)
            return new TicketAnswer(ticket.Operation, TicketState.Done);
        return now < ticket.DueBy
            ? new TicketAnswer(ticket.Operation, TicketState.Pending)
            : new TicketAnswer(ticket.Operation, TicketState.Failed)
            {
                Fault = FaultCatalogue.ServiceFailed.For(
                    call.Location.ToString(),
                    $"the purge {ticket.Operation} is over, and rows that were there before it still are: ask the service's support."
                ),
            };
    }

    /// <summary>Reads the workspace; false if it could not be read as a whole.</summary>
    private async Task<bool> ReadAsync(IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        using LogScan reading = scan(deviceIds, (_, _, _, rows) =>
        {
            foreach (FoundRow row in rows)
                _oldest.AddOrUpdate(deviceIds[row.Subject], row.Received, (_, known) => row.Received < known ? row.Received : known);
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
