using System.Text;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Signatures;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Operations;

/// <summary>What a run of a request is to do.</summary>
/// <param name="Kind">One of <see cref="RunKinds"/>.</param>
/// <param name="Performer">Who runs it.</param>
/// <param name="Key">The key that signs the certificate; null when it is not signed.</param>
/// <param name="ThrottleLimit">How many blobs or devices to process at once.</param>
internal sealed record RunOptions(string Kind, Party Performer, SigningKey? Key, int ThrottleLimit)
{
    /// <exception cref="DsrException">The performer's certificate cannot sign: this is reported before anything is done.</exception>
    public static RunOptions For(string kind, Performer performer, int throttleLimit, DateTimeOffset now)
    {
        SigningKey? key = performer.SigningCertificate is { } certificate ? SigningKey.ForSigning(certificate, now) : null;
        string name = performer.Name ?? (key is null ? Tool.Performer : SigningKey.NameOf(key.Certificate));

        // Half a surrogate pair cannot be written to a certificate: this must not surface after everything is erased.
        string wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name));
        return new RunOptions(kind, new Party(wellFormed, key?.KeyId), key, throttleLimit);
    }
}

/// <summary>
/// One run of a request: erases what is to be erased, reads the locations again, and records the outcome. A run that ended at any point is
/// followed by one that continues from what the journal and the locations show.
/// </summary>
internal sealed class RequestRun(HubConnection connection, OpenRequest open, ErasurePlan plan, RunOptions options, OperationEvents events)
{
    private readonly ServiceClock _clock = connection.Clock;

    /// <summary>Where the request is kept.</summary>
    public required IEvidenceStore Store { get; init; }

    /// <summary>What carries parts of the work to workers; null where all is done in this process.</summary>
    public IUnitEngines? Engines { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, open.Journal.Lost);
        if (_clock.Warning() is { } wrong)
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, wrong), cancellationToken);
        string? clock = _clock.Known is null ? null : RunClocks.Service;
        await open.Journal.AppendAsync(new RunStarted(options.Kind, options.Performer, Tool.Version, clock), linked.Token);
        await using var stop = new RunStop(open.Folder, open.State.Runs, _clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(linked.Token, stop.Asked);
        IReadOnlyList<ErasureReceipt> receipts;
        try
        {
            receipts = await WorkAsync(ending.Token);
            var ended = new RunEnded(
                RunOutcomes.Completed,
                receipts.Count == 0 ? null : receipts.Max(receipt => receipt.Verdict),
                Fault: null
            );
            await open.Journal.AppendAsync(ended, linked.Token);
        }
        catch (Exception exception)
        {
            // A process that dies says nothing; one that lives says that it did not finish.
            if (open.Journal.Lost.IsCancellationRequested)
                throw new DsrException(open.Journal.Fault, exception);
            bool isStopped = stop.Asked.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
            await EndAsync(isStopped || cancellationToken.IsCancellationRequested ? null : exception);
            if (isStopped)
                throw new DsrException(FaultCatalogue.RequestStopped.For(open.Folder.RequestId), exception);
            throw;
        }

        foreach (ErasureReceipt receipt in receipts)
            await events.OutputAsync(receipt with { RequestStore = open.Folder.StorePlace }, cancellationToken);
    }

    private async Task EndAsync(Exception? failure)
    {
        try
        {
            string? fault = failure is null ? null : (failure as DsrException)?.Fault.Id ?? FaultCatalogue.Unforeseen.Id;
            var ended = new RunEnded(failure is null ? RunOutcomes.Stopped : RunOutcomes.Failed, Verdict: null, fault);
            await open.Journal.AppendAsync(ended, CancellationToken.None);
        }
        catch (DsrException)
        {
            // The journal itself has failed: a run without an end counts as interrupted.
        }
    }

    private static bool MayBeAsked(RequestStep step, Incarnations incarnations) =>
        step.Hold is null
        && incarnations.IsSeen(step.DeviceId)
        && !incarnations.HadAnother(step)
        && incarnations.KnownDoubt(step.DeviceId) is null;

    /// <summary>
    /// The plan's options; where it asks what becomes of enrollments, with the answer that the journal has. Where nobody was asked, for
    /// there was none, what came since is not deleted.
    /// </summary>
    private ErasureOptions ErasureOf(ErasurePlan run) =>
        Enum.TryParse(open.State.Plan?.Reprovisioning, out Reprovisioning chosen)
            ? run.Erasure with
            {
                Reprovisioning = chosen,
            }
            : run.Erasure with
            {
                Reprovisioning = run.Erasure.Reprovisioning == Reprovisioning.Ask ? Reprovisioning.Block : run.Erasure.Reprovisioning,
            };

    /// <summary>When something of a device was erased last; what was announced and not accounted for may have been.</summary>
    private DateTimeOffset? ErasedAt(string locationId, string deviceId)
    {
        LocationState location = open.State.Of(locationId);
        DateTimeOffset? done = location.Of(open.Key.Subject(deviceId)).ErasedAt;
        DateTimeOffset? begun = location.Announced.IsEmpty ? null : location.AnnouncedAt;
        return begun > done ? begun : done ?? begun;
    }

    private async Task<IReadOnlyList<ErasureReceipt>> WorkAsync(CancellationToken cancellationToken)
    {
        using IDisposable fence = FencePolicy.Begin(open.Journal);

        // What workers did for a run that was lost is on record before anything else is looked at.
        await StoreGuard.RunAsync(open.Folder.StorePlace, async () =>
        {
            await RequestWorkers.WithdrawAsync(Store, open, _clock, cancellationToken);
            return true;
        });
        await using RequestWorkers? workers = Engines is null
            ? null
            : await RequestWorkers.OpenAsync(Store, open, Engines, _clock, cancellationToken);
        IReadOnlyList<ErasureReceipt> receipts = await WorkAsync(workers?.Scheduler ?? LocalScheduler.Instance, cancellationToken);
        if (workers is not null)
            await workers.EndAsync(cancellationToken);
        return receipts;
    }

    private async Task<IReadOnlyList<ErasureReceipt>> WorkAsync(IUnitScheduler scheduler, CancellationToken cancellationToken)
    {
        HubLocations configured = await connection.ReadLocationsAsync(cancellationToken);
        HubLocations locations = configured.Beside(
            plan.Steps.Select(static step => step.Location).DistinctBy(static location => location.Id, StringComparer.Ordinal)
        );
        await events.ReportAsync(locations.Faults, cancellationToken);
        HoldBook holds = await HoldBook.ReadAsync(open, cancellationToken);
        var sinkOptions = new SinkOptions(options.ThrottleLimit) { Erasure = ErasureOf(plan) };
        ErasurePlan accepted = plan.Approved ?? plan;
        IReadOnlyList<ErasurePlan> earlierPlans = await EarlierPlansAsync(accepted, cancellationToken);
        var shown = new ShownRecords(open, [.. earlierPlans, accepted], _clock);
        var reading = new LocationReading(locations, sinkOptions, events)
        {
            Scheduler = scheduler,
            ErasedAt = ErasedAt,
            GoneBy = shown.GoneBy,
            PlannedItems = id => plan.Steps.Where(step => step.Location.Id == id).SelectMany(static step => step.Finding.Items),
        };
        var tickets = new TicketFollowing(
            open,
            locations,
            id => PlannedIn([plan, accepted, .. earlierPlans.Reverse()], id),
            reading,
            events
        );

        // Whose the records are that an order has left is known before it is asked for.
        reading.Expect(Incarnations.GenerationsOf(accepted, earlierPlans));
        await tickets.AskAsync(cancellationToken);
        List<RequestStep> steps = StepsOf(locations, holds);
        var incarnations = new Incarnations(open, accepted, steps, reading, earlierPlans);
        var reach = new PlanReach(accepted, open.State.Plan?.Tolerance ?? 0, locations, incarnations, events);
        if (options.Kind != RunKinds.Verify || tickets.HasDone)
        {
            await new StepErasing(open, locations, reading, holds, incarnations, reach, tickets, options.Kind, events, _clock).RunAsync(
                steps,
                cancellationToken
            );
        }

        EarlierReceipts earlier = await EarlierReceipts.ReadAsync(open, cancellationToken);
        var verifying = new StepVerifying(open, locations, reading, holds, incarnations, reach, tickets, earlier, _clock);
        List<ErasureReceipt> receipts =
        [
            .. await verifying.RunAsync(steps, () => _clock.Known, cancellationToken),
            .. await UnplannedAsync(locations, cancellationToken),
        ];
        if (options.Kind != RunKinds.Verify)
        {
            // A recipient erases all of an ID: not before it is known that nobody else has it, and nothing of it is held.
            RecipientOptions told = await StoreGuard.RunAsync(open.Folder.StorePlace, () =>
                RecipientTerms.ReadAsync(open.Folder, cancellationToken)
            );
            var asking = new RecipientAsking(open, locations, plan.Scope, told, events);
            await asking.RunAsync(
                steps
                    .GroupBy(static step => step.Location.Id, StringComparer.Ordinal)
                    .Where(location => location.All(step => MayBeAsked(step, incarnations)))
                    .Select(static location => location.First().Location),
                cancellationToken
            );
        }

        return await StoreGuard.RunAsync(open.Folder.StorePlace, async () =>
        {
            await RequestWorkers.CheckAsync(open, cancellationToken);
            await new Certifying(open, locations, reading, options, events, _clock).RunAsync(receipts, cancellationToken);
            return receipts;
        });
    }

    private async Task<IReadOnlyList<ErasurePlan>> EarlierPlansAsync(ErasurePlan accepted, CancellationToken cancellationToken)
    {
        var earlier = new List<ErasurePlan>();
        foreach (string digest in open.State.Plans.TakeWhile(digest => digest != accepted.Digest))
            earlier.Add(await open.ReadPlanAsync(digest, withItems: false, cancellationToken));
        return earlier;
    }

    /// <summary>A location as the first of some plans has it that does; null when none does.</summary>
    private static DataLocation? PlannedIn(IEnumerable<ErasurePlan> plans, string id) =>
        plans.SelectMany(static one => one.Steps).Select(static step => step.Location).FirstOrDefault(location => location.Id == id);

    /// <summary>
    /// The steps of the plan, with the settings of their locations as they are now: a plan binds to what, not to how. What the operator
    /// vouched for is part of what was approved.
    /// </summary>
    private List<RequestStep> StepsOf(HubLocations locations, HoldBook holds)
    {
        var now = locations.All.ToDictionary(location => location.Id, StringComparer.Ordinal);
        var subjects = open.DeviceIds.ToDictionary(deviceId => deviceId, open.Key.Subject, StringComparer.Ordinal);
        var planned = new Dictionary<string, DataLocation>(StringComparer.Ordinal);
        var steps = new List<RequestStep>(plan.Steps.Count);
        foreach (ErasureStep step in plan.Steps)
        {
            string id = step.Location.Id;
            if (!planned.TryGetValue(id, out DataLocation? location))
            {
                planned[id] = location = (now.GetValueOrDefault(id) ?? locations.Unconfigured(step.Location)) with
                {
                    Statements = step.Location.Statements,
                };
            }

            string subject = subjects[step.DeviceId];
            bool isServed = locations.SinkOf(location) is not null;
            steps.Add(
                new RequestStep(step, location, isServed, subject, open.State.Of(id).Of(subject)) { Hold = holds.OnAll(id, subject) }
            );
        }

        return steps;
    }

    /// <summary>
    /// A location that came into the configuration after the plan was approved is not erased from, and not silently skipped.
    /// </summary>
    private async Task<IReadOnlyList<ErasureReceipt>> UnplannedAsync(HubLocations locations, CancellationToken cancellationToken)
    {
        HashSet<string> planned = [.. plan.Steps.Select(step => step.Location.Id)];
        List<DataLocation> added = [.. locations.All.Where(location => !planned.Contains(location.Id))];
        foreach (DataLocation location in added)
        {
            await open.Journal.AppendAsync(
                new Added(new PlannedLocation(location.Id, location.Kind, location.Place, Steps: 0, Records: null)),
                cancellationToken
            );
            await open.Journal.AppendAsync(
                new Verified(
                    location.Id,
                    IsRead: false,
                    [new VerifiedGroup(Verdict.Unknown, Until: null, Remaining: null, Subjects: null)]
                ),
                cancellationToken
            );
        }

        return
        [
            .. added.SelectMany(
                location => open.DeviceIds,
                (location, deviceId) =>
                    new ErasureReceipt
                    {
                        RequestId = open.Folder.RequestId,
                        DeviceId = deviceId,
                        HubHostName = open.State.Registration!.HubHostName,
                        HubResourceId = open.State.Registration.HubResourceId,
                        Location = location,
                        Verdict = Verdict.Unknown,
                        Detail =
                            "The location was added to the hub's configuration after the plan was made; a further plan looks for the "
                            + "devices there (Get-IotDataRequest | Remove-IotDeviceData).",
                        CompletedAt = _clock.GetUtcNow(),
                    }
            ),
        ];
    }
}
