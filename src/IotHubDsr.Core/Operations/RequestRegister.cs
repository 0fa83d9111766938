using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Operations;

/// <summary>Lists the requests of a store and records decisions in their journals.</summary>
internal sealed class RequestRegister(IEvidenceStore store, OperationEvents events, TimeProvider time)
{
    /// <summary>Requests that are read at once: they are small, and a folder or a container serves far more.</summary>
    private const int SideBySide = 16;

    private readonly RequestView _view = new(store, time);

    /// <summary>Registers a request for the devices of a pipeline or query.</summary>
    public async Task RegisterAsync(HubConnection connection, RegisterOptions options, CancellationToken cancellationToken)
    {
        var devices = new List<string>();
        await foreach (string deviceId in new Subjects(connection, options, events).ReadAsync(cancellationToken))
            devices.Add(deviceId);
        if (devices.Count == 0)
            return;
        EvidenceLimits.RequireDevices(devices.Count);
        var registration = new NewRequest(options.Context, devices, options.ReceivedAt, options.IdentityEvidence, options.RequireApproval)
        {
            GenerationIds = await RegisteredDevices.ReadAsync(connection.Hub, devices, cancellationToken),
        };
        await using OpenRequest open = await OpenRequest.RegisterAsync(store, registration, time, cancellationToken);
        await GiveAsync(open, cancellationToken);
    }

    /// <summary>Returns requests; one that cannot be read is reported, and the others are returned.</summary>
    public async Task ListAsync(DataRequestQuery query, CancellationToken cancellationToken)
    {
        // A mistyped or unmounted folder would look like one in which nothing is due.
        if (query is { Store: not null, RequestIds.Count: 0 } && store is FolderEvidence { Exists: false })
        {
            throw FaultCatalogue.RequestStoreUnreadable.Exception(
                store.Place,
                "the folder does not exist; the first request registered in it creates it."
            );
        }

        using DiagnosticsBundle? bundle = query.DiagnosticsPath is { } path ? new DiagnosticsBundle(path, time) : null;
        if (bundle is not null && Path.Exists(query.DiagnosticsPath))
            throw FaultCatalogue.FileNotWritten.Exception(query.DiagnosticsPath!, "it already exists.");
        var ids = new List<string>();
        await foreach (string requestId in IdsOf(query).WithCancellation(cancellationToken))
            ids.Add(requestId);
        (DataRequest? Request, Fault? Fault)[] read = await ReadAllAsync(ids, bundle, cancellationToken);

        // A registration that did not get as far as its first line is no request.
        await events.ReportAsync(
            read.Select(one => one.Fault)
                .OfType<Fault>()
                .Where(fault => query.RequestIds.Count > 0 || fault.Id != FaultCatalogue.RequestNotFound.Id),
            cancellationToken
        );
        IEnumerable<DataRequest> found = read.Select(one => one.Request).OfType<DataRequest>();
        if (query.RequestIds.Count == 0 || query.Due)
            found = found.OrderBy(one => one.NextAt ?? DateTimeOffset.MaxValue).ThenBy(one => one.RequestId, StringComparer.Ordinal);
        DateTimeOffset now = time.GetUtcNow();
        foreach (DataRequest one in found.Where(one => !query.Due || (one.NextAt is { } next && !(next - now > query.Within))))
            await events.OutputAsync(one, cancellationToken);
        if (bundle is not null)
            await bundle.SaveAsync(cancellationToken);
    }

    /// <summary>
    /// Reads requests side by side, for a container answers each file after a while; the results are in the order of the IDs.
    /// </summary>
    private async Task<(DataRequest? Request, Fault? Fault)[]> ReadAllAsync(
        List<string> ids,
        DiagnosticsBundle? bundle,
        CancellationToken cancellationToken
    )
    {
        var read = new (DataRequest? Request, Fault? Fault)[ids.Count];
        int done = 0;
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = bundle is null ? SideBySide : 1,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, ids.Count, options, async (index, token) =>
        {
            read[index] = await TryReadAsync(bundle, ids[index], token);
            int now = Interlocked.Increment(ref done);
            await events.EmitAsync(
                new ProgressEvent(null, string.Empty, $"{now} of {Counted.Of(ids.Count, "request")} read", now * 100 / ids.Count),
                token
            );
        });
        return read;
    }

    /// <summary>One request, or what is wrong with it: whatever that is, it keeps no other from being shown.</summary>
    private async Task<(DataRequest? Request, Fault? Fault)> TryReadAsync(
        DiagnosticsBundle? bundle,
        string requestId,
        CancellationToken cancellationToken
    )
    {
        DataRequest? request = null;
        Fault? fault = null;
        try
        {
            request = await _view.ReadAsync(requestId, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            fault = FaultOf(requestId, exception);
        }

        try
        {
            await AddAsync(bundle, requestId, request, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            fault ??= FaultOf(requestId, exception);
        }

        return (request, fault);
    }

    private static Fault FaultOf(string requestId, Exception exception) =>
        (exception as DsrException)?.Fault ?? FaultCatalogue.Unforeseen.For($"The request '{requestId}'", Reason.Of(exception));

    private async Task AddAsync(DiagnosticsBundle? bundle, string requestId, DataRequest? request, CancellationToken cancellationToken)
    {
        if (bundle is null || !RequestIds.IsOne(requestId))
            return;
        JournalContent? journal = await OpenRequest.GuardAsync(store, () =>
            store.Open(requestId).ReadJournalAsync(known: null, cancellationToken)
        );
        if (journal is not null)
            bundle.Add(requestId, request, journal.Lines);
    }

    /// <summary>Records a decision, and returns the request in its new state.</summary>
    /// <param name="change">The decision.</param>
    /// <param name="connection">The connection, to look up locations of a request that has no plan; null when there is none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ChangeAsync(ChangeOptions change, HubConnection? connection, CancellationToken cancellationToken)
    {
        if (change is HoldOptions { ReviewAt: { } reviewAt } && reviewAt <= time.GetUtcNow())
            throw FaultCatalogue.ReviewInPast.Exception($"{reviewAt:u}");
        await using OpenRequest open = await OpenRequest.OpenAsync(store, change.RequestId, TimeSpan.Zero, time, cancellationToken);
        if (change is HoldOptions { DeviceId: { } deviceId } && !open.DeviceIds.Contains(deviceId, StringComparer.Ordinal))
            throw FaultCatalogue.RequestForOtherDevices.Exception(open.Folder.RequestId, $"'{deviceId}' is not one of them");
        if (change is HoldOptions { Ground: not null } hold && open.State.Plan is null)
            await RequireKnownAsync(open, hold.LocationId, connection, cancellationToken);
        await OpenRequest.GuardAsync(store, async () =>
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
        await GiveAsync(open, cancellationToken);
    }

    /// <summary>
    /// What arrived since the plan was made may be held by a name that the plan does not know: a warning says so; it is not refused.
    /// </summary>
    private async Task WarnOfUnmatchedAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        ErasurePlan plan = await open.ReadPlanAsync(cancellationToken);
        HoldBook holds = await OpenRequest.GuardAsync(store, () => HoldBook.ReadAsync(open, cancellationToken));
        if (holds.Unmatched(plan) is { } unmatched)
        {
            string text = $"A hold matches nothing in the plan: {unmatched}.";
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, text), cancellationToken);
        }
    }

    private static async Task<JournalEvent> ToEventAsync(OpenRequest open, ChangeOptions change, CancellationToken cancellationToken)
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
                return new OwnerActed(acted.LocationId, await open.SaveTextAsync(acted.Note, cancellationToken));
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
        Verdict? verdict = state.Of(locationId).All(state.Registration!.Subjects.Count).Max(one => one.Step.Verdict);
        bool isInPlan = state.Plan?.Locations.Any(location => location.Id == locationId) == true;
        if (isInPlan && verdict is not (null or Verdict.OwnerAction or Verdict.Unreachable or Verdict.Unknown))
            throw FaultCatalogue.OwnerNotAsked.Exception(locationId, verdict);
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

    private async Task GiveAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        DataRequest now = await OpenRequest.GuardAsync(store, () =>
            _view.BuildAsync(open.Folder, open.State, holder: null, cancellationToken)
        );
        await events.OutputAsync(now, cancellationToken);
    }

    private IAsyncEnumerable<string> IdsOf(DataRequestQuery query) =>
        query.RequestIds.Count > 0 ? Subjects.Given(query.RequestIds) : ListAsync();

    private async IAsyncEnumerable<string> ListAsync()
    {
        IAsyncEnumerator<string> ids = store.ListAsync(CancellationToken.None).GetAsyncEnumerator();
        try
        {
            while (await OpenRequest.GuardAsync(store, () => ids.MoveNextAsync().AsTask()))
                yield return ids.Current;
        }
        finally
        {
            await ids.DisposeAsync();
        }
    }
}
