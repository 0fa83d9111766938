using System.Globalization;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Keeps the orders to erase that services carry out later: records each when it is accepted, and asks for it in every run that follows.
/// </summary>
internal sealed class TicketFollowing(OpenRequest open, HubLocations locations, LocationReading reading, OperationEvents events)
{
    private readonly Lazy<Dictionary<string, string>> _devices = new(() =>
        open.DeviceIds.ToDictionary(open.Key.Subject, deviceId => deviceId, StringComparer.Ordinal)
    );

    /// <summary>Whether services have carried out something since the request was bound to its plan.</summary>
    public bool HasDone => open.State.Locations.Values.Any(location => location.Tickets.Done.Count > 0);

    /// <summary>The orders of a location that are not carried out yet.</summary>
    public IReadOnlyList<ErasureTicket> OpenOf(string locationId) => [.. open.State.Of(locationId).Tickets.Open.Select(ToTicket)];

    public async ValueTask TakeAsync(string locationId, ErasureTicket ticket, CancellationToken cancellationToken)
    {
        HashSet<string> subjects = [.. ticket.DeviceIds.Select(open.Key.Subject)];
        bool isAll = subjects.Count == open.State.Registration!.Subjects.Count;
        await open.Journal.AppendAsync(
            new TicketTaken(locationId, ticket.Operation, ticket.AcceptedAt, ticket.DueBy, isAll ? null : [.. subjects]),
            cancellationToken
        );
    }

    /// <summary>Asks for all that is open. An order that cannot be asked for stays open: the others are asked for all the same.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        foreach (
            string locationId in open.State.Locations.Where(pair => pair.Value.Tickets.Open.Count > 0).Select(pair => pair.Key).ToList()
        )
        {
            DataLocation? location = locations.All.FirstOrDefault(location => location.Id == locationId);
            if (location is null || locations.SinkOf(location)?.Tickets is not { } reader)
                continue;
            IReadOnlyList<TicketAnswer> answers;
            try
            {
                answers = await reader.AskAsync(reading.CallFor(location), OpenOf(locationId), cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                await events.EmitAsync(new FaultEvent(LocationReading.FaultOf(exception, location)), cancellationToken);
                continue;
            }

            foreach (TicketAnswer answer in answers)
                await CloseAsync(location, answer, cancellationToken);
        }
    }

    /// <summary>The verdict on what a service is still to carry out; null where there is no such thing, or more to be said.</summary>
    /// <param name="step">The step.</param>
    /// <param name="found">The verdict of the reading.</param>
    /// <param name="now">The time by the services; null if unknown.</param>
    public Settlement? PendingOf(RequestStep step, Settlement found, DateTimeOffset? now)
    {
        if (open.State.Of(step.Location.Id).Tickets.OpenOf(step.Subject) is not { } ticket)
            return null;

        // What is not found any more may only be hidden until the service has carried the order out.
        if (found.Verdict is not (Verdict.Absent or Verdict.Erased or Verdict.ErasurePending or Verdict.Present))
            return null;
        bool isOverdue = ticket.DueBy <= now;
        return new Settlement(
            isOverdue && found.Verdict == Verdict.Present ? Verdict.Present : Verdict.ErasurePending,
            isOverdue ? null : ticket.DueBy,
            Describe(ticket, isOverdue)
        );
    }

    private static string Describe(TicketTaken ticket, bool isOverdue) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The service accepted the erasure at {ticket.AcceptedAt:u} as operation {ticket.Operation}"
        )
        + ticket.DueBy switch
        {
            null => ", and has not carried it out yet; run Resume-IotDataRequest later.",
            { } due when isOverdue => string.Create(
                CultureInfo.InvariantCulture,
                $", and has not carried it out by {due:u}, as it promises: ask the service's support for the operation."
            ),
            { } due => string.Create(
                CultureInfo.InvariantCulture,
                $", and promises to have carried it out by {due:u}; run Resume-IotDataRequest then."
            ),
        };

    private async Task CloseAsync(DataLocation location, TicketAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.State == TicketState.Pending)
            return;
        if (answer.Fault is { } fault)
            await events.EmitAsync(new FaultEvent(SinkCall.AtLocation(fault, location)), cancellationToken);
        await open.Journal.AppendAsync(
            new TicketClosed(location.Id, answer.Operation, IsDone: answer.State == TicketState.Done),
            cancellationToken
        );
    }

    private ErasureTicket ToTicket(TicketTaken taken) =>
        new(
            taken.Operation,
            taken.AcceptedAt,
            taken.DueBy,
            taken.Subjects is null ? open.DeviceIds : [.. taken.Subjects.Select(subject => _devices.Value[subject])]
        );
}
