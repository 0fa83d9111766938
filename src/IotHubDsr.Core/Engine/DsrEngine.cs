using System.Collections.Concurrent;
using IotHubDsr.Requests;

namespace IotHubDsr.Engine;

/// <summary>The way in from the cmdlets. One per process, so that connections can be handed from runspace to runspace.</summary>
public sealed class DsrEngine : IDsrEngine
{
    private readonly ConcurrentDictionary<Guid, HubConnection> _connections = new();
    private readonly SandboxProcesses _sandboxes = new();
    private readonly TimeProvider _time = TimeProvider.System;

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ConnectAsync(ConnectRequest request, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        async (events, token) =>
        {
            HubConnection connection = await new Connecting(request, _time).RunAsync(events, token).ConfigureAwait(false);
            _connections[connection.Context.Id] = connection;
            await events.OutputAsync(connection.Context, token).ConfigureAwait(false);
        },
        cancellationToken);

    /// <inheritdoc />
    public void Disconnect(DsrContext context)
    {
        if (_connections.TryRemove(context.Id, out HubConnection? connection))
            connection.Close();
    }

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> GetLocationsAsync(DsrContext context, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        async (events, token) =>
        {
            HubLocations locations = await ConnectionOf(context).ReadLocationsAsync(token).ConfigureAwait(false);
            await events.ReportAsync(locations.Faults, token).ConfigureAwait(false);
            foreach (DataLocation location in locations.All)
                await events.OutputAsync(location, token).ConfigureAwait(false);
        },
        cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> FindAsync(FootprintRequest request, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        (events, token) => new Footprint(ConnectionOf(request.Context), request, events).RunAsync(
            (finding, ct) => events.OutputAsync(finding, ct), token),
        cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ExportAsync(ExportRequest request, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        (events, token) => new Exporting(ConnectionOf(request.Context), request, events, _time).RunAsync(token),
        cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> PlanAsync(PlanRequest request, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        (events, token) => new Planning(ConnectionOf(request.Context), request, events, _time).RunAsync(token),
        cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ConfirmPlanAsync(ConfirmPlanRequest request, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        (events, token) => new Confirming(ConnectionOf(request.Context), request, events, _time).RunAsync(token),
        cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> EraseAsync(ErasureRequest request, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        (events, token) => new Erasing(ConnectionOf(request.Context), request, events, _time).RunAsync(token),
        cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ApprovePlanAsync(ApprovePlanRequest request, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        (events, token) => new Approving(request, events, _time).RunAsync(token),
        cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> CheckCertificatesAsync(CheckCertificatesRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync((events, token) => new CheckingCertificates(request, events).RunAsync(token), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> StartSandboxAsync(SandboxRequest request, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        async (events, token) => await events.OutputAsync(await _sandboxes.StartAsync(request, token).ConfigureAwait(false), token).ConfigureAwait(false),
        cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> StopSandboxAsync(int processId, CancellationToken cancellationToken) => OperationEvents.RunAsync(
        (_, token) => _sandboxes.StopAsync(processId, token),
        cancellationToken);

    private HubConnection ConnectionOf(DsrContext context) => _connections.TryGetValue(context.Id, out HubConnection? connection)
        ? connection
        : throw FaultCatalogue.NotConnected.Exception(context.HubName, $" '{context.HubName}' any more");
}
