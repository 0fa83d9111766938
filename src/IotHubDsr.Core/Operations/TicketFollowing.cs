using System.Globalization;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Keeps the orders to erase that services carry out later: records each when it is accepted, and asks for it in every run that follows.
/// </summary>
/// <param name="open">The request.</param>
/// <param name="locations">The locations that the configuration leads to.</param>
/// <param name="planned">A location as the plans have it; null when none does.</param>
/// <param name="reading">Calls the sinks.</param>
/// <param name="events">Takes the faults.</param>
internal sealed class TicketFollowing(
    OpenRequest open,
    HubLocations locations,
    Func<string, DataLocation?> planned,
    LocationReading reading,
    OperationEvents events
)
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
            new TicketTaken(
                locationId,
                ticket.Operation,
                ticket.AcceptedAt,
                ticket.DueBy,
                isAll ? null : [.. subjects],
                ticket.Cover is { } cover ? CoveredRecords.Write(cover.Texts.Select(text => open.Key.Covered(locationId, text))) : null,
                ticket.Left.Count == 0
                    ? null
                    :
                    [
                        .. ticket.Left.Select(left => new LeftGroup(
                            left.Records,
                            left.Until,
                            [.. left.DeviceIds.Select(open.Key.Subject)]
                        )),
                    ],
                ticket.IsUnconfirmed ? true : null,
                ticket.Confirms,
                ticket.IsHidden ? true : null
            ),
            cancellationToken
        );
    }

    /// <summary>The service has refused an order before it was confirmed.</summary>
    public async ValueTask WithdrawAsync(string locationId, string operation, CancellationToken cancellationToken) =>
        await open.Journal.AppendAsync(new TicketClosed(locationId, operation, IsDone: false), cancellationToken);

    /// <summary>Asks for all that is open. An order that cannot be asked for stays open: the others are asked for all the same.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        foreach (
            string locationId in open.State.Locations.Where(pair => pair.Value.Tickets.Open.Count > 0).Select(pair => pair.Key).ToList()
        )
        {
            // What was ordered is carried out also where the configuration does not lead any more.
            DataLocation? location = locations.All.FirstOrDefault(location => location.Id == locationId)
                ?? (planned(locationId) is { } left ? locations.Unconfigured(left) : null);
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
            {
                if (answer.Confirmed is { } confirmed)
                    await TakeAsync(location.Id, confirmed, cancellationToken);
                await CloseAsync(location, answer, cancellationToken);
            }
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

        // An order may be for a part of what was found: what could not be ordered is not hidden behind it.
        if (step.Outcome?.Fault is not null && found.Verdict == Verdict.Present)
            return null;

        // What is not found any more may only be hidden until the service has carried the order out.
        if (found.Verdict is not (Verdict.Absent or Verdict.Erased or Verdict.ErasurePending or Verdict.Present))
            return null;
        bool isOverdue = ticket.DueBy <= now;
        if ((isOverdue || ticket.IsUnconfirmed == true) && found.Verdict == Verdict.Present)
            return ticket.IsUnconfirmed == true ? null : new Settlement(Verdict.Present, Until: null, Describe(ticket, isOverdue));

        // What could not be ordered yet can be sooner than the rest is carried out.
        if (RestAt(step) is { } rest)
        {
            return new Settlement(
                Verdict.ErasurePending,
                rest,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Describe(ticket, isOverdue)} The rest is not ordered yet: run Resume-IotDataRequest after {rest:u}."
                )
            );
        }

        return new Settlement(Verdict.ErasurePending, isOverdue ? null : ticket.DueBy, Describe(ticket, isOverdue));
    }

    /// <summary>
    /// The verdict where nothing is found any more and yet something was left: what an order has erased was all that led to it. Null where
    /// nothing was, and once it has left by retention.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="found">The verdict of the reading.</param>
    /// <param name="now">The time by the services; null if unknown.</param>
    public Settlement? LeftOf(RequestStep step, Settlement found, DateTimeOffset? now)
    {
        if (
            found.Verdict is not (Verdict.Absent or Verdict.Erased or Verdict.Expiring)
            || open.State.Of(step.Location.Id).Tickets.LeftOf(step.Subject) is not { } left
            || left.Until <= now
        )
        {
            return null;
        }

        string text = $"{Counted.Of(left.Records, "record")} {Behind}";
        return left.Until is { } until
            ? new Settlement(
                Verdict.Expiring,
                found.Until > until ? found.Until : until,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{text}, and {(left.Records == 1 ? "leaves" : "leave")} by retention at {until:u}."
                )
            )
            {
                Unfound = left.Records,
            }
            : new Settlement(Verdict.OwnerAction, Until: null, $"{text}: the owner of {step.Location.Place} decides about them.")
            {
                Unfound = left.Records,
            };
    }

    /// <summary>Why records are left that no reading finds.</summary>
    private const string Behind =
        "that could only be connected with the device by others, which were erased, can be about other devices as well and stayed";

    /// <summary>When a part can be ordered that could not be before; null where all is ordered.</summary>
    private DateTimeOffset? RestAt(RequestStep step)
    {
        if (step.IsTried)
            return step.Outcome is { Fault: null, Verdict: Verdict.ErasurePending } outcome ? outcome.Until : null;
        StepState before = step.Before;
        return before.Verdict == Verdict.ErasurePending && !open.State.Of(step.Location.Id).Tickets.IsPromisedBy(step.Subject, before.Until)
            ? before.Until
            : null;
    }

    private static string Describe(TicketTaken ticket, bool isOverdue) =>
        ticket.IsUnconfirmed == true
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The erasure was ordered at {ticket.AcceptedAt:u} as request {ticket.Operation}, and its answer is not known: what no reading "
                    + $"shows any more may only be hidden, until {ticket.DueBy:u} at the latest; run Resume-IotDataRequest then."
            )
            : DescribeAccepted(ticket, isOverdue);

    private static string DescribeAccepted(TicketTaken ticket, bool isOverdue) =>
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
        }
        + (ticket.IsHidden == true ? " Until then the records may be hidden from queries, which is no erasure." : string.Empty);

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
        )
        {
            Cover = taken.Covers is { } covers ? CoverOf(taken.Location, covers) : null,
            IsUnconfirmed = taken.IsUnconfirmed == true,
            IsHidden = taken.IsHidden == true,
        };

    private TicketCover CoverOf(string locationId, string covers)
    {
        // Only where something more is to be ordered are they asked for.
        var hashes = new Lazy<IReadOnlySet<ulong>>(() => CoveredRecords.Read(covers));
        return TicketCover.Recorded(text => hashes.Value.Contains(open.Key.Covered(locationId, text)));
    }
}
