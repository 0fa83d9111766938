using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>The engine, connected to a sandbox as a cmdlet connects it, and what it says.</summary>
internal sealed class RequestSandbox : IAsyncDisposable
{
    private readonly DsrEngine _engine;
    private readonly TimeProvider _clock;
    private readonly string _folder = Directory.CreateTempSubdirectory("request-tests-").FullName;

    private bool _isGuest;

    private RequestSandbox(SandboxServer server, TimeProvider clock, SinkCatalogue? sinks = null) =>
        (Server, _clock, _engine) = (server, clock, new DsrEngine(clock, sinks, _ => Workers ?? throw new NotSupportedException()));

    /// <summary>What carries parts of the work to workers; none.</summary>
    public IUnitEngines? Workers { get; set; }

    public SandboxServer Server { get; }

    public DsrContext Context { get; private set; } = null!;

    public string PackagePath => Path.Combine(_folder, "package");

    /// <summary>The folder of the requests.</summary>
    public string RequestStore { get; } = Directory.CreateTempSubdirectory("request-store-").FullName;

    public IReadOnlyList<string> FilesInFolder => Directory.GetFileSystemEntries(_folder);

    public List<DsrEvent> Events { get; } = [];

    /// <summary>How questions are answered.</summary>
    public Func<ConfirmationEvent, bool> Answers { get; set; } = _ => true;

    public IEnumerable<Fault> Reported => Events.OfType<FaultEvent>().Select(reported => reported.Fault);

    /// <param name="time">The sandbox's clock; null for one by which no hour ends soon, which is the module's, too.</param>
    /// <param name="sharesClock">Whether time passes for the module as it does for the sandbox.</param>
    /// <param name="sinks">The kinds of place; null for those of the module.</param>
    public static async Task<RequestSandbox> StartAsync(TimeProvider? time = null, bool sharesClock = false, SinkCatalogue? sinks = null)
    {
        TimeProvider clock = OfAnHourThatLasts();
        SandboxServer server = await SandboxServer.StartAsync(new SandboxOptions { Time = time ?? clock }, CancellationToken.None);
        var sandbox = new RequestSandbox(
            server,
            sharesClock ? server.World.Clock
                : time is null ? clock
                : TimeProvider.System,
            sinks
        );
        await sandbox.ConnectAsync();
        return sandbox;
    }

    /// <summary>
    /// What may be erased from archived logs changes when an hour ends: of one that ends soon the next has begun already.
    /// </summary>
    private static TimeProvider OfAnHourThatLasts()
    {
        const int lastMinute = 56;
        return TimeProvider.System.GetUtcNow().Minute > lastMinute
            ? new ClockAhead(TimeSpan.FromMinutes(60 - lastMinute))
            : TimeProvider.System;
    }

    public Task<List<DataLocation>> LocationsAsync() => RunAsync<DataLocation>(_engine.GetLocationsAsync(Context, CancellationToken.None));

    public Task<List<DeviceDataFinding>> FindAsync(params string[] deviceIds) =>
        RunAsync<DeviceDataFinding>(
            _engine.FindAsync(new FootprintOptions { Context = Context, DeviceIds = Stream(deviceIds) }, CancellationToken.None)
        );

    /// <summary>A footprint for which every blob is read.</summary>
    public Task<List<DeviceDataFinding>> FindWithoutIndexAsync(params string[] deviceIds) =>
        RunAsync<DeviceDataFinding>(
            _engine.FindAsync(
                new FootprintOptions
                {
                    Context = Context,
                    DeviceIds = Stream(deviceIds),
                    NoIndex = true,
                },
                CancellationToken.None
            )
        );

    public async Task<ReadingEstimate> EstimateAsync(Func<EstimateOptions, EstimateOptions> choose, params string[] deviceIds) =>
        Assert.Single(
            await RunAsync<ReadingEstimate>(
                _engine.EstimateAsync(
                    choose(new EstimateOptions { Context = Context, DeviceIds = Stream(deviceIds) }),
                    CancellationToken.None
                )
            )
        );

    public Task<List<DeviceIndexCoverage>> UpdateIndexAsync() =>
        RunAsync<DeviceIndexCoverage>(_engine.UpdateIndexAsync(new IndexOptions { Context = Context }, CancellationToken.None));

    public Task<List<DeviceIndexCoverage>> IndexAsync() =>
        RunAsync<DeviceIndexCoverage>(_engine.GetIndexAsync(new IndexOptions { Context = Context }, CancellationToken.None));

    public Task RemoveIndexAsync() =>
        RunAsync<DeviceIndexCoverage>(_engine.RemoveIndexAsync(new IndexOptions { Context = Context }, CancellationToken.None));

    public Task<ErasurePlan> PlanAsync(params string[] deviceIds) => PlanAsync(includeOldVersions: false, deviceIds);

    public Task<ErasurePlan> PlanAsync(bool includeOldVersions, params string[] deviceIds) =>
        PlanAsync(new ErasureOptions { IncludeOldVersions = includeOldVersions }, deviceIds);

    /// <summary>Makes a plan about some of the devices' records.</summary>
    public Task<ErasurePlan> PlanAsync(RecordScope scope, params string[] deviceIds) =>
        PlanAsync(new ErasureOptions { Scope = scope }, deviceIds);

    public async Task<ErasurePlan> PlanAsync(ErasureOptions erasure, params string[] deviceIds) =>
        Assert.Single(
            await RunAsync<ErasurePlan>(
                _engine.PlanAsync(
                    new PlanOptions
                    {
                        Context = Context,
                        DeviceIds = Stream(deviceIds),
                        Erasure = erasure,
                    },
                    CancellationToken.None
                )
            )
        );

    /// <summary>Makes a plan and saves it in the folder of the sandbox.</summary>
    public Task<ErasurePlan> SavePlanAsync(string name, params string[] deviceIds) => SavePlanAsync(name, RecordScope.All, deviceIds);

    /// <summary>Makes a plan about some of the devices' records and saves it in the folder of the sandbox.</summary>
    public async Task<ErasurePlan> SavePlanAsync(string name, RecordScope scope, params string[] deviceIds) =>
        Assert.Single(
            await RunAsync<ErasurePlan>(
                _engine.PlanAsync(
                    new PlanOptions
                    {
                        Context = Context,
                        DeviceIds = Stream(deviceIds),
                        Path = Path.Combine(_folder, name),
                        Erasure = new ErasureOptions { Scope = scope },
                    },
                    CancellationToken.None
                )
            )
        );

    /// <summary>Looks again at what a saved plan is about.</summary>
    public async Task<ErasurePlan> ConfirmAsync(string path, long tolerance = 0) =>
        Assert.Single(
            await RunAsync<ErasurePlan>(
                _engine.ConfirmPlanAsync(
                    new ConfirmPlanOptions
                    {
                        Context = Context,
                        Path = path,
                        Tolerance = tolerance,
                    },
                    CancellationToken.None
                )
            )
        );

    /// <summary>Looks again at what a plan at hand is about.</summary>
    public async Task<ErasurePlan> ConfirmAsync(ErasurePlan plan) =>
        Assert.Single(
            await RunAsync<ErasurePlan>(
                _engine.ConfirmPlanAsync(new ConfirmPlanOptions { Context = Context, Plan = plan }, CancellationToken.None)
            )
        );

    public Task<List<ErasureReceipt>> EraseAsync(
        ErasurePlan plan,
        Func<ErasureStep, bool>? approve = null,
        string? requestId = null,
        string? store = null,
        X509Certificate2? signer = null,
        string? performer = null
    ) =>
        RunAsync<ErasureReceipt>(
            _engine.EraseAsync(
                new RemoveOptions
                {
                    Context = Context,
                    RequestId = requestId,
                    Store = store,
                    Performer = new Performer { Name = performer, SigningCertificate = signer },
                },
                plan,
                approve ?? (_ => true),
                CancellationToken.None
            )
        );

    /// <summary>
    /// Erases, and stops as if by Ctrl-C when the sandbox gets a request, or has done what one over AMQP asks for.
    /// </summary>
    public async Task EraseUntilAsync(
        ErasurePlan plan,
        Func<LoggedRequest, bool> when,
        string? store = null,
        RecipientOptions? recipients = null
    )
    {
        using var stop = new CancellationTokenSource();
        Server.RequestLog.Observer = request =>
        {
            if ((request.Status == 0 || request.Service is "eventhubs" or "servicebus") && when(request))
                stop.Cancel();
        };
        var options = new RemoveOptions
        {
            Context = Context,
            Store = store,
            Recipients = recipients ?? new RecipientOptions(),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            RunAsync<ErasureReceipt>(_engine.EraseAsync(options, plan, _ => true, stop.Token))
        );
        Server.RequestLog.Observer = null;
    }

    /// <summary>Erases as Remove-IotDeviceData does.</summary>
    public Task<List<ErasureReceipt>> RemoveAsync(params RemoveOptions[] removals) => RemoveAsync(CancellationToken.None, removals);

    public Task<List<ErasureReceipt>> RemoveAsync(CancellationToken cancellationToken, params RemoveOptions[] removals) =>
        RunAsync<ErasureReceipt>(_engine.RemoveAsync(removals, cancellationToken));

    /// <summary>Options to plan for devices and erase at once.</summary>
    public RemoveOptions Removal(params string[] deviceIds) =>
        new()
        {
            Context = Context,
            Planning = new PlanOptions { Context = Context, DeviceIds = Stream(deviceIds) },
        };

    /// <summary>Options to run a plan.</summary>
    public RemoveOptions Removal(ErasurePlan plan) =>
        new()
        {
            Context = Context,
            Planned = new ConfirmPlanOptions { Context = Context, Plan = plan },
        };

    public Task<List<ErasureReceipt>> ResumeAsync(
        string requestId,
        string? store = null,
        TimeSpan wait = default,
        bool distributed = false
    ) =>
        RunAsync<ErasureReceipt>(
            _engine.ResumeAsync(
                new ResumeOptions
                {
                    Context = Context,
                    RequestId = requestId,
                    Store = store,
                    Wait = wait,
                    Distributed = distributed,
                },
                CancellationToken.None
            )
        );

    public Task<List<ErasureReceipt>> VerifyAsync(string requestId, string? store = null, bool distributed = false) =>
        RunAsync<ErasureReceipt>(
            _engine.VerifyAsync(
                new ResumeOptions
                {
                    Context = Context,
                    RequestId = requestId,
                    Store = store,
                    Distributed = distributed,
                },
                CancellationToken.None
            )
        );

    public async Task<DataRequest> RequestAsync(string? store = null) =>
        Assert.Single(await RequestsAsync(new DataRequestQuery { Context = Context, Store = store }));

    public Task<List<DataRequest>> RequestsAsync(DataRequestQuery query) =>
        RunAsync<DataRequest>(_engine.GetRequestsAsync(query, CancellationToken.None));

    public Task<DataRequest> RegisterAsync(DateTimeOffset? receivedAt, params string[] deviceIds) =>
        RegisterAsync(receivedAt, requireApproval: false, deviceIds);

    public async Task<DataRequest> RegisterAsync(DateTimeOffset? receivedAt, bool requireApproval, params string[] deviceIds)
    {
        var options = new RegisterOptions
        {
            Context = Context,
            DeviceIds = Stream(deviceIds),
            ReceivedAt = receivedAt,
            IdentityEvidence = "Passport seen by Ana Lopez",
            RequireApproval = requireApproval,
        };
        return Assert.Single(await RunAsync<DataRequest>(_engine.RegisterAsync(options, CancellationToken.None)));
    }

    /// <summary>Looks, as a command does before it plans.</summary>
    public Task PrepareAsync(string requestId, bool requiresApproval = false) =>
        RunAsync<object>(
            _engine.PrepareAsync(
                new RemoveOptions
                {
                    Context = Context,
                    RequestId = requestId,
                    IsRehearsal = true,
                    Planned = new ConfirmPlanOptions { Context = Context, Approval = requiresApproval ? new ApprovalRequirement() : null },
                },
                CancellationToken.None
            )
        );

    public async Task<DataRequest> ChangeAsync(ChangeOptions change, bool connected = true) =>
        Assert.Single(
            await RunAsync<DataRequest>(
                _engine.ChangeRequestAsync(
                    change with
                    {
                        Context = connected ? Context : null,
                        Store = change.Store ?? Context.RequestStore,
                    },
                    CancellationToken.None
                )
            )
        );

    public Task<List<ErasureCertificateCheck>> CheckAsync(params string[] paths) =>
        RunAsync<ErasureCertificateCheck>(
            _engine.CheckCertificatesAsync(new CheckCertificatesOptions { Context = Context, Paths = paths }, CancellationToken.None)
        );

    public async Task<RequestReport> ReportAsync(string requestId, string name, string? store = null) =>
        Assert.Single(
            await RunAsync<RequestReport>(
                _engine.WriteReportAsync(
                    new ReportOptions
                    {
                        Context = Context,
                        RequestId = requestId,
                        Path = Path.Combine(_folder, name),
                        Store = store,
                    },
                    CancellationToken.None
                )
            )
        );

    /// <summary>Another process on another machine: an engine that knows nothing of this one.</summary>
    public async Task<RequestSandbox> ElsewhereAsync()
    {
        var other = new RequestSandbox(Server, _clock) { _isGuest = true };
        await other.ConnectAsync();
        return other;
    }

    public IAsyncEnumerable<DsrEvent> Exporting(CancellationToken cancellationToken, params string[] deviceIds) =>
        Exporting(static options => options, cancellationToken, deviceIds);

    public IAsyncEnumerable<DsrEvent> Exporting(
        Func<ExportOptions, ExportOptions> choose,
        CancellationToken cancellationToken,
        params string[] deviceIds
    ) =>
        _engine.ExportAsync(
            choose(
                new ExportOptions
                {
                    Context = Context,
                    DeviceIds = Stream(deviceIds),
                    Path = PackagePath,
                }
            ),
            cancellationToken
        );

    public Task<DataExport> ExportAsync(params string[] deviceIds) => ExportAsync(static options => options, deviceIds);

    public async Task<DataExport> ExportAsync(Func<ExportOptions, ExportOptions> choose, params string[] deviceIds) =>
        Assert.Single(await RunAsync<DataExport>(Exporting(choose, CancellationToken.None, deviceIds)));

    public async ValueTask DisposeAsync()
    {
        _engine.Disconnect(Context);
        if (!_isGuest)
            await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(RequestStore, recursive: true);
    }

    /// <summary>Connects anew, as with other parameters of Connect-IotHubDsr.</summary>
    public async Task ConnectAsync(Func<ConnectOptions, ConnectOptions>? choose = null)
    {
        var options = new ConnectOptions
        {
            Sandbox = SandboxAccess.Describe(Server.Descriptor),
            ThrottleShare = 1,
            RequestStore = RequestStore,
        };
        options = choose?.Invoke(options) ?? options;
        Context = Assert.Single(await RunAsync<DsrContext>(_engine.ConnectAsync(options, CancellationToken.None)));
    }

    private async Task<List<T>> RunAsync<T>(IAsyncEnumerable<DsrEvent> operation)
        where T : class
    {
        var results = new List<T>();
        await foreach (DsrEvent next in operation)
        {
            Events.Add(next);
            if (next is ConfirmationEvent question)
                question.Answer(Answers(question));
            if (next is OutputEvent<T> output)
                results.Add(output.Value);
        }

        return results;
    }

    private static async IAsyncEnumerable<string> Stream(IEnumerable<string> deviceIds)
    {
        foreach (string deviceId in deviceIds)
        {
            await Task.Yield();
            yield return deviceId;
        }
    }

    private sealed class ClockAhead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
