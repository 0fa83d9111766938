using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Operations;

/// <summary>Records decisions in the journals of requests.</summary>
internal sealed class RequestChanging(IEvidenceStore store, OperationEvents events, TimeProvider time)
{
    /// <summary>Asks whether to record a decision, records it, and gives the request in its new state.</summary>
    /// <param name="change">The decision.</param>
    /// <param name="connection">The connection, to look up locations of a request that has no plan; null when there is none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(ChangeOptions change, HubConnection? connection, CancellationToken cancellationToken)
    {
        DataRequest found = await new RequestRegister(store, events, time).ReadAsync(change.RequestId, cancellationToken);
        var question = new ConfirmationEvent($"Request {change.RequestId} of {found.HubHostName}", ActionOf(change));
        if (!await events.AskAsync(question, cancellationToken))
            return;
        if (change is StopOptions)
            await new RequestStopping(store, events, time).RunAsync(change.RequestId, cancellationToken);
        else
            await ChangeAsync(change, connection, cancellationToken);
    }

    private static string ActionOf(ChangeOptions change) =>
        change switch
        {
            ExtendOptions => "Extend the time limit by two months",
            OwnerActionOptions acted => $"Record the owner's action in {acted.LocationId}",
            AnswerOptions => "Record the answer",
            StopOptions => "End its run",
            AnonymiseOptions => "Destroy the key; nobody can then tell which devices the request is about",
            HoldOptions { Ground: not null } hold => $"Hold {hold.LocationId}",
            HoldOptions release => $"Release the hold on {release.LocationId}",
            _ => throw FaultCatalogue.Unforeseen.Exception(change.RequestId, $"a change of type {change.GetType().Name}"),
        };

    private async Task ChangeAsync(ChangeOptions change, HubConnection? connection, CancellationToken cancellationToken)
    {
        if (change is HoldOptions { ReviewAt: { } reviewAt } && reviewAt <= time.GetUtcNow())
            throw FaultCatalogue.ReviewInPast.Exception($"{reviewAt:u}");
        await using OpenRequest open = await OpenRequest.OpenAsync(store, change.RequestId, TimeSpan.Zero, time, cancellationToken);
        if (change is HoldOptions { DeviceId: { } deviceId } && !open.DeviceIds.Contains(deviceId, StringComparer.Ordinal))
            throw FaultCatalogue.RequestForOtherDevices.Exception(open.Folder.RequestId, $"'{deviceId}' is not one of them");
        if (change is HoldOptions { Ground: not null } hold && open.State.Plan is null)
            await RequireKnownAsync(open, hold.LocationId, connection, cancellationToken);
        await StoreGuard.RunAsync(store, async () =>
        {
            if (change is AnonymiseOptions anonymise)
                await AnonymiseAsync(open, anonymise.Reason, cancellationToken);
            else
                await open.Journal.AppendAsync(await ToEventAsync(open, change, cancellationToken), cancellationToken);
            return true;
        });
        if (change is ExtendOptions && time.GetUtcNow() > DueDates.Due(open.State.Registration!.ReceivedAt))
        {
            const string late =
                "The first month is over: the person had to be informed of the extension and its reasons within it (GDPR, Article 12(3)).";
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, late), cancellationToken);
        }

        if (
            change is AnswerOptions
            && RequestProgress.Of(open.State, isHeld: false, time.GetUtcNow())
                is { Status: not (DataRequestStatus.Waiting or DataRequestStatus.Closed) } unsettled
        )
        {
            string text = $"The answer is recorded, but the request remains due: it is {unsettled.Status}. {unsettled.NextAction}";
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, text), cancellationToken);
        }

        if (change is HoldOptions { Ground: not null } && open.State.Plan is not null)
            await WarnOfUnmatchedAsync(open, cancellationToken);
        DataRequest now = await StoreGuard.RunAsync(store, () =>
            new RequestView(store, time).BuildAsync(open.Folder, open.State, holder: null, cancellationToken)
        );
        await events.OutputAsync(now, cancellationToken);
    }

    /// <summary>
    /// What arrived since the plan was made may be held by a name that the plan does not know: a warning says so; it is not refused.
    /// </summary>
    private async Task WarnOfUnmatchedAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        ErasurePlan plan = await open.ReadPlanAsync(cancellationToken);
        HoldBook holds = await StoreGuard.RunAsync(store, () => HoldBook.ReadAsync(open, cancellationToken));
        if (holds.Unmatched(plan) is { } unmatched)
        {
            string text = $"A hold matches nothing in the plan: {unmatched}.";
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, text), cancellationToken);
        }
    }

    private async Task<JournalEvent> ToEventAsync(OpenRequest open, ChangeOptions change, CancellationToken cancellationToken)
    {
        switch (change)
        {
            case ExtendOptions when open.State.Extension is not null:
                throw FaultCatalogue.RequestExtended.Exception(change.RequestId);
            case ExtendOptions extend:
                return new Extended(await open.SaveTextAsync(extend.Reason, cancellationToken));
            case AnswerOptions answer:
                return new Answered(await open.SaveAnswerAsync(answer.Note, cancellationToken));
            case OwnerActionOptions acted:
                RequireLocation(open, acted.LocationId);
                RequireOwner(open.State, acted.LocationId);
                DateTimeOffset actedAt = RequireTime(open.State, acted);
                return new OwnerActed(acted.LocationId, await open.SaveTextAsync(acted.Note, cancellationToken), actedAt);
            case HoldOptions hold:
                RequireLocation(open, hold.LocationId);
                return await ToEventAsync(open, hold, cancellationToken);
            default:
                throw FaultCatalogue.Unforeseen.Exception(change.RequestId, $"a change of type {change.GetType().Name}");
        }
    }

    private static async Task<JournalEvent> ToEventAsync(OpenRequest open, HoldOptions hold, CancellationToken cancellationToken)
    {
        string? subject = hold.DeviceId is null ? null : open.Key.Subject(hold.DeviceId);
        string? item = hold.Item is null ? null : open.Key.Item(hold.LocationId, hold.Item);
        if (hold is { Ground: { } ground, ReviewAt: { } reviewAt })
        {
            if (item is not null)
                await open.SaveTextAsync(item, hold.Item!, cancellationToken);
            return new Held(
                hold.LocationId,
                subject,
                item,
                await open.SaveTextAsync(ground, cancellationToken),
                reviewAt.ToUniversalTime()
            );
        }

        return open.State.Holds.Any(held => (held.Location, held.Subject, held.Item) == (hold.LocationId, subject, item))
            ? new Released(hold.LocationId, subject, item)
            : throw FaultCatalogue.HoldNotFound.Exception(hold.LocationId);
    }

    /// <summary>
    /// Before there is a plan the hub's configuration tells which locations there are; a name that is mistyped holds nothing.
    /// </summary>
    private async Task RequireKnownAsync(
        OpenRequest open,
        string locationId,
        HubConnection? connection,
        CancellationToken cancellationToken
    )
    {
        bool isOfHub = string.Equals(
            connection?.Context.HubHostName,
            open.State.Registration!.HubHostName,
            StringComparison.OrdinalIgnoreCase
        );
        if (connection is null || !isOfHub)
        {
            string text =
                $"The location '{locationId}' was not looked up, which requires a connection to {open.State.Registration.HubHostName}. A "
                + "hold on something that does not exist protects nothing.";
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, text), cancellationToken);
            return;
        }

        HubLocations locations = await connection.ReadLocationsAsync(cancellationToken);
        if (locations.All.All(location => location.Id != locationId))
            throw FaultCatalogue.LocationNotInRequest.Exception(locationId);
    }

    private static void RequireLocation(OpenRequest open, string locationId)
    {
        // Before there is a plan nobody has read the hub's configuration: a hold may come first.
        if (open.State.Plan is not null && !open.State.Locations.ContainsKey(locationId))
            throw FaultCatalogue.LocationNotInRequest.Exception(locationId);
    }

    /// <summary>A note does not close what the module can read and erase: it is read again, or needs a further plan.</summary>
    private static void RequireOwner(RequestState state, string locationId)
    {
        Verdict?[] verdicts = [.. state.Of(locationId).All(state.Registration!.Subjects.Count).Select(static one => one.Step.Verdict)];

        // What is there of one device is not answered by what must be done for another.
        Verdict? verdict = verdicts.Contains(Verdict.Present) ? Verdict.Present : verdicts.Max();
        bool isInPlan = state.Plan?.Locations.Any(location => location.Id == locationId) == true;
        if (isInPlan && verdict is not (null or Verdict.OwnerAction or Verdict.Unreachable or Verdict.Unknown))
            throw FaultCatalogue.OwnerNotAsked.Exception(locationId, verdict);
    }

    /// <summary>Nobody has acted for a request before it was received, or will have. The clock may be a little ahead of the services'.</summary>
    private DateTimeOffset RequireTime(RequestState state, OwnerActionOptions acted)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset at = (acted.ActedAt ?? now).ToUniversalTime();
        if (at > now + ServiceClock.Tolerance)
            throw FaultCatalogue.InvalidActionTime.Exception(acted.LocationId, $"{at:u}", "that is in the future");

        // Dates are noted without a time.
        return at.AddDays(1) > state.Registration!.ReceivedAt
            ? at
            : throw FaultCatalogue.InvalidActionTime.Exception(acted.LocationId, $"{at:u}", "the request had not been received then");
    }

    /// <summary>Recorded first: a request whose files disappear without a record would look like a loss.</summary>
    /// <exception cref="DsrException">The request is open, and no reason was given.</exception>
    private async Task AnonymiseAsync(OpenRequest open, string? reason, CancellationToken cancellationToken)
    {
        if (!open.State.IsAnonymised)
        {
            var progress = RequestProgress.Of(open.State, isHeld: false, time.GetUtcNow());
            bool isOpen = progress.Status != DataRequestStatus.Closed;
            if (isOpen && reason is null)
                throw FaultCatalogue.RequestNotClosed.Exception(open.Folder.RequestId, progress.Status);
            string? hash = reason is null ? null : await open.SaveDecisionAsync(reason, cancellationToken);
            await open.Journal.AppendAsync(new Anonymised(hash), cancellationToken);
        }

        await open.Folder.DeleteAsync(EvidenceFiles.Private, cancellationToken);
    }
}
