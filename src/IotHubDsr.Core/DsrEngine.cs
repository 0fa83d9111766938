using System.Collections.Concurrent;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Operations;
using IotHubDsr.Core.Rehearsal;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core;

/// <summary>The way in from the cmdlets. One per process, so that connections can be handed from runspace to runspace.</summary>
public sealed class DsrEngine : IDsrEngine
{
    private readonly ConcurrentDictionary<Guid, HubConnection> _connections = new();
    private readonly SandboxProcesses _sandboxes = new();
    private readonly TimeProvider _time;
    private readonly SinkCatalogue _sinks;
    private readonly Func<AzureAccess, IUnitEngines> _engines;

    /// <summary>Makes an engine without connections.</summary>
    public DsrEngine()
        : this(TimeProvider.System) { }

    internal DsrEngine(TimeProvider time, SinkCatalogue? sinks = null, Func<AzureAccess, IUnitEngines>? engines = null)
    {
        (_time, _sinks) = (time, sinks ?? SinkCatalogue.OfModule);
        _engines = engines ?? (access => new DurableEngines(access, _time));
    }

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ConnectAsync(ConnectOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) =>
            {
                HubConnection connection = await new Connecting(options, _time, _sinks).RunAsync(events, token);
                _connections[connection.Context.Id] = connection;
                await events.OutputAsync(connection.Context, token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ListHubsAsync(ConnectOptions options, DsrContext? context, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) =>
            {
                AzureAccess? connected = context is null ? null : ConnectionOf(context).Access;
                using AzureAccess? made = connected is null ? new Connecting(options, _time, _sinks).OpenAccess() : null;
                var hubs = new HubResource(new ArmReader(connected ?? made!), OperationNotices.Send);
                await foreach (HubReference hub in hubs.ListAsync(options.SubscriptionId, options.ResourceGroupName, token))
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
    public IAsyncEnumerable<DsrEvent> FindAsync(FootprintOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
                new Footprint(ConnectionOf(options.Context), options, new ErasureOptions { Scope = options.Scope }, events)
                {
                    NoIndex = options.NoIndex,
                    Engines = EnginesOf(options.Context, options.Distributed),
                }.RunAsync((finding, ct) => events.OutputAsync(finding, ct), token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> EstimateAsync(EstimateOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new Estimating(ConnectionOf(options.Context), options, events).RunAsync(token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ExportAsync(ExportOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(options.Context);
                IEvidenceStore? store = options.RequestId is null ? null : StoreOf(connection, options.Store);
                return new Exporting(connection, store, options, events, connection.Clock)
                {
                    Engines = EnginesOf(options.Context, options.Distributed),
                }.RunAsync(token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> PlanAsync(PlanOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(options.Context);
                return new Planning(connection, options, events, connection.Clock)
                {
                    Engines = EnginesOf(options.Context, options.Distributed),
                }.RunAsync(token);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> RemoveAsync(IReadOnlyList<RemoveOptions> removals, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
                Removing.RunAsync(
                    [
                        .. removals.Select(one => new Removing(ConnectionOf(one.Context!), StoreOf(one), one, events)
                        {
                            Engines = EnginesOf(one.Context!, one.Distributed),
                        }),
                    ],
                    token
                ),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> RegisterAsync(RegisterOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
            {
                HubConnection connection = ConnectionOf(options.Context);
                return new RequestRegister(StoreOf(connection, options.Store), events, connection.Clock).RegisterAsync(
                    connection,
                    options,
                    token
                );
            },
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> GetRequestsAsync(DataRequestQuery query, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new RequestRegister(StoreOf(query), events, TimeOf(query)).ListAsync(query, token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ChangeRequestAsync(ChangeOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) =>
                new RequestChanging(StoreOf(options), events, TimeOf(options)).RunAsync(
                    options,
                    options.Context is { } context ? ConnectionOf(context) : null,
                    token
                ),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ResumeAsync(ResumeOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync((events, token) => Continue(options, events).ResumeAsync(token), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> VerifyAsync(ResumeOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync((events, token) => Continue(options, events).RunAsync(RunKinds.Verify, token), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> WriteReportAsync(ReportOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new ReportWriting(StoreOf(options), options, events, TimeOf(options)).RunAsync(token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ReadPlanAsync(string path, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) => await events.OutputAsync(await PlanFile.ReadAsync(path, token), token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> ApprovePlanAsync(ApprovePlanOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new Approving(options, events, TimeOf(options.Context)).RunAsync(token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> UpdateIndexAsync(IndexOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync((events, token) => Index(options, events).UpdateAsync(token), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> GetIndexAsync(IndexOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync((events, token) => Index(options, events).ListAsync(token), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> RemoveIndexAsync(IndexOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync((events, token) => Index(options, events).RemoveAsync(token), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> CheckCertificatesAsync(CheckCertificatesOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new CheckingCertificates(options, events, TimeOf(options.Context)).RunAsync(token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> StartSandboxAsync(StartSandboxOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            async (events, token) => await events.OutputAsync(await _sandboxes.StartAsync(options, events, token), token),
            cancellationToken
        );

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> StopSandboxAsync(int processId, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync((_, token) => _sandboxes.StopAsync(processId, token), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<DsrEvent> WorkAsync(WorkerOptions options, CancellationToken cancellationToken) =>
        OperationEvents.RunAsync(
            (events, token) => new Working(options, _sinks, _engines, events, _time).RunAsync(token),
            cancellationToken
        );

    /// <summary>The engine is made when it is needed: its libraries are large.</summary>
    internal IUnitEngines? EnginesOf(DsrContext context, bool isDistributed) =>
        isDistributed ? _engines(ConnectionOf(context).Access) : null;

    private Indexing Index(IndexOptions options, OperationEvents events) => new(ConnectionOf(options.Context), options, events);

    private Continuing Continue(ResumeOptions options, OperationEvents events) =>
        new(ConnectionOf(options.Context!), StoreOf(options), options, events)
        {
            Engines = EnginesOf(options.Context!, options.Distributed),
        };

    private IEvidenceStore StoreOf(HubConnection connection, string? place) => connection.EvidenceAt(place, _time);

    /// <summary>A store in a folder takes no connection.</summary>
    internal IEvidenceStore StoreOf(RequestStoreOptions options) =>
        options.Context is { } context
            ? StoreOf(ConnectionOf(context), options.Store)
            : EvidenceStores.Open(options.Store ?? EvidenceStores.DefaultPlace, access: null, _time);

    /// <summary>The time by the services of a connection, as it is for all that was signed over it; else that of the machine.</summary>
    private TimeProvider TimeOf(DsrContext? context) =>
        context is not null && _connections.TryGetValue(context.Id, out HubConnection? connection) ? connection.Clock : _time;

    /// <summary>Without a connection the time is the machine's: it sorts and reminds, and settles nothing.</summary>
    private TimeProvider TimeOf(RequestStoreOptions options) => options.Context is { } context ? ConnectionOf(context).Clock : _time;

    internal HubConnection ConnectionOf(DsrContext context) =>
        _connections.TryGetValue(context.Id, out HubConnection? connection)
            ? connection
            : throw FaultCatalogue.NotConnected.Exception(context.HubName, $": the connection to '{context.HubName}' was closed");
}
