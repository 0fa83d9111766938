using System.Collections.Concurrent;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Operations;
using IotHubDsr.Core.Rehearsal;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core;

/// <summary>The way in from the cmdlets. One per process, so that connections can be handed from runspace to runspace.</summary>
public sealed class DsrEngine : IDsrEngine
{
    private readonly ConcurrentDictionary<Guid, HubConnection> _connections = new();
    private readonly SandboxProcesses _sandboxes = new();
    private readonly TimeProvider _time;

    /// <summary>Makes an engine without connections.</summary>
    public DsrEngine()
        : this(TimeProvider.System) { }

    internal DsrEngine(TimeProvider time) => _time = time;

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ConnectAsync(ConnectRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) =>
            {
                HubConnection connection = await new Connecting(request, _time).RunAsync(events, token);
                _connections[connection.Context.Id] = connection;
                await events.OutputAsync(connection.Context, token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ListHubsAsync(ConnectRequest request, DsrContext? context, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) =>
            {
                AzureAccess? connected = context is null ? null : ConnectionOf(context).Access;
                using AzureAccess? made = connected is null ? new Connecting(request, _time).OpenAccess() : null;
                var hubs = new HubResource(new ArmReader(connected ?? made!), OperationNotices.Send);
                await foreach (HubReference hub in hubs.ListAsync(request.SubscriptionId, request.ResourceGroupName, token))
                    await events.OutputAsync(hub, token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public void Disconnect(DsrContext context)
    {
        if (_connections.TryRemove(context.Id, out HubConnection? connection))
            connection.Close();
    }

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> GetLocationsAsync(DsrContext context, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) =>
            {
                HubLocations locations = await ConnectionOf(context).ReadLocationsAsync(token);
                await events.ReportAsync(locations.Faults, token);
                foreach (DataLocation location in locations.All)
                    await events.OutputAsync(location, token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> FindAsync(FootprintRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
                new Footprint(ConnectionOf(request.Context), request, events).RunAsync(
                    (finding, ct) => events.OutputAsync(finding, ct),
                    token
                ),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ExportAsync(ExportRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(request.Context);
                IEvidenceStore? store = request.RequestId is null ? null : StoreOf(connection, request.Store);
                return new Exporting(connection, store, request, events, connection.Clock).RunAsync(token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> PlanAsync(PlanRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(request.Context);
                return new Planning(connection, request, events, connection.Clock).RunAsync(token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ConfirmPlanAsync(ConfirmPlanRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(request.Context);
                return new Confirming(connection, request, events, connection.Clock).RunAsync(token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> PrepareErasureAsync(ErasurePreparation request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (_, token) => new Preparing(StoreOf(request), request, TimeOf(request)).RunAsync(token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> EraseAsync(ErasureRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(request.Context);
                return new Erasing(connection, StoreOf(connection, request.Store), request, events).RunAsync(token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> RegisterAsync(RegisterRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(request.Context);
                return new RequestRegister(StoreOf(connection, request.Store), events, connection.Clock).RegisterAsync(
                    connection,
                    request,
                    token
                );
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> GetRequestsAsync(DataRequestQuery request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new RequestRegister(StoreOf(request), events, TimeOf(request)).ListAsync(request, token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ChangeRequestAsync(ChangeRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
                new RequestRegister(StoreOf(request), events, TimeOf(request)).ChangeAsync(
                    request,
                    request.Context is { } context ? ConnectionOf(context) : null,
                    token
                ),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ResumeAsync(ContinueRequest request, CancellationToken cancellationToken) =>
        ContinueAsync(request, RunKinds.Resume, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> VerifyAsync(ContinueRequest request, CancellationToken cancellationToken) =>
        ContinueAsync(request, RunKinds.Verify, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> WriteReportAsync(ReportRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new ReportWriting(StoreOf(request), request, events, TimeOf(request)).RunAsync(token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ReadPlanAsync(string path, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) => await events.OutputAsync(await PlanFile.ReadAsync(path, token), token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ApprovePlanAsync(ApprovePlanRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new Approving(request, events, TimeOf(request.Context)).RunAsync(token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> CheckCertificatesAsync(CheckCertificatesRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new CheckingCertificates(request, events, TimeOf(request.Context)).RunAsync(token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> StartSandboxAsync(SandboxRequest request, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) => await events.OutputAsync(await _sandboxes.StartAsync(request, events, token), token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> StopSandboxAsync(int processId, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync((_, token) => _sandboxes.StopAsync(processId, token), cancellationToken);

    private IAsyncEnumerable<DsrEvent> ContinueAsync(ContinueRequest request, string kind, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(request.Context!);
                return new Continuing(connection, StoreOf(connection, request.Store), request, events).RunAsync(kind, token);
            },
            cancellationToken
        );

    private IEvidenceStore StoreOf(HubConnection connection, string? place) =>
        EvidenceStores.Open(place ?? connection.Context.RequestStore, connection.Access, _time);

    /// <summary>A store in a folder takes no connection.</summary>
    private IEvidenceStore StoreOf(RequestStoreRequest request) =>
        request.Context is { } context
            ? StoreOf(ConnectionOf(context), request.Store)
            : EvidenceStores.Open(request.Store ?? EvidenceStores.DefaultPlace, access: null, _time);

    /// <summary>Without a connection the time is the machine's: it sorts and reminds, and settles nothing.</summary>
    /// <summary>The time by the services of a connection, as it is for all that was signed over it; else that of the machine.</summary>
    private TimeProvider TimeOf(DsrContext? context) =>
        context is not null && _connections.TryGetValue(context.Id, out HubConnection? connection) ? connection.Clock : _time;

    private TimeProvider TimeOf(RequestStoreRequest request) => request.Context is { } context ? ConnectionOf(context).Clock : _time;

    private HubConnection ConnectionOf(DsrContext context) =>
        _connections.TryGetValue(context.Id, out HubConnection? connection)
            ? connection
            : throw FaultCatalogue.NotConnected.Exception(context.HubName, $": the connection to '{context.HubName}' was closed");
}
