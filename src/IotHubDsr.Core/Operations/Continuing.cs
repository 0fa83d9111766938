using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Operations;

/// <summary>Continues a request, or reads its locations again.</summary>
internal sealed class Continuing(HubConnection connection, IEvidenceStore store, ResumeOptions options, OperationEvents events)
{
    /// <summary>What carries parts of the work to workers; null where all is done in this process.</summary>
    public IUnitEngines? Engines { get; init; }

    /// <summary>Asks whether to continue, and continues.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        DataRequest found = await new RequestRegister(store, events, connection.Clock).ReadAsync(options.RequestId, cancellationToken);
        string target =
            $"Request {found.RequestId}: {Counted.Of(found.Devices, "device")} of {found.HubHostName} in "
            + $"{Counted.Of(found.Locations.Count, "location")}, {found.Status}";
        if (await events.AskAsync(new ConfirmationEvent(target, "Continue erasing device data"), cancellationToken))
            await RunAsync(RunKinds.Resume, cancellationToken);
    }

    /// <param name="kind">One of <see cref="RunKinds"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string kind, CancellationToken cancellationToken)
    {
        var run = RunOptions.For(kind, options.Performer, options.ThrottleLimit, connection.Clock.GetUtcNow());
        await using OpenRequest open = await OpenRequest.OpenAsync(
            store,
            options.RequestId,
            options.Wait,
            connection.Clock,
            cancellationToken
        );
        RequestHub.Require(open.State.Registration!, connection.Context);
        if (kind != RunKinds.Verify)
            RequestApproval.RequireOnRecord(open.State);
        ErasurePlan plan = await open.ReadPlanAsync(cancellationToken);

        // Without its key nothing of a run could be recorded: it must not begin and then look like an interrupted one.
        _ = open.Key;
        await StoreGuard.RequireWritableAsync(store, EvidenceLimits.SizeOf(plan), cancellationToken);
        await new RequestRun(connection, open, plan, run, events) { Store = store, Engines = Engines }.RunAsync(cancellationToken);
    }
}
