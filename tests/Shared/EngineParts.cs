using IotHubDsr.Core;
using IotHubDsr.Core.Operations;

namespace IotHubDsr.Tests;

/// <summary>Parts of the workflow of an erasure, each alone: tests bring about what happens between them.</summary>
internal static class EngineParts
{
    public static IAsyncEnumerable<DsrEvent> PrepareAsync(
        this DsrEngine engine,
        RemoveOptions options,
        CancellationToken cancellationToken
    ) =>
        OperationEvents.RunAsync(
            (_, token) => new Preparing(engine.StoreOf(options), options, engine.ConnectionOf(options.Context!).Clock).RunAsync(token),
            cancellationToken
        );

    public static IAsyncEnumerable<DsrEvent> ConfirmPlanAsync(
        this DsrEngine engine,
        ConfirmPlanOptions options,
        CancellationToken cancellationToken
    ) =>
        OperationEvents.RunAsync(
            async (events, token) =>
            {
                HubConnection connection = engine.ConnectionOf(options.Context);
                ErasurePlan plan = await new Confirming(connection, options, events, connection.Clock).ConfirmAsync(token);
                await events.OutputAsync(plan, token);
            },
            cancellationToken
        );

    /// <summary>Runs the steps of a plan that are approved, without looking at it again before.</summary>
    public static IAsyncEnumerable<DsrEvent> EraseAsync(
        this DsrEngine engine,
        RemoveOptions options,
        ErasurePlan plan,
        Func<ErasureStep, bool> approves,
        CancellationToken cancellationToken
    ) =>
        OperationEvents.RunAsync(
            (events, token) =>
                new Erasing(
                    engine.ConnectionOf(options.Context!),
                    engine.StoreOf(options),
                    options,
                    plan,
                    [.. plan.Steps.Where(step => step.Action == ErasureAction.Erase && approves(step))],
                    events
                )
                {
                    Engines = engine.EnginesOf(options.Context!, options.Distributed),
                }.RunAsync(token),
            cancellationToken
        );
}
