using System.Diagnostics;
using System.Net;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Core;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Operations;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Tests;

namespace IotHubDsr.Benchmarks.Erasures;

/// <summary>A sandbox as it is handed to another process.</summary>
internal sealed record WorkerSandbox(
    int Port,
    int AmqpPort,
    string HubName,
    string HubHostName,
    string ResourceId,
    string TenantId,
    string ClientId,
    string ClientSecret,
    string CaCertificate
)
{
    public static WorkerSandbox Of(IotHubSandbox sandbox) =>
        new(
            sandbox.Port,
            sandbox.AmqpPort,
            sandbox.HubName,
            sandbox.HubHostName,
            sandbox.ResourceId,
            sandbox.TenantId,
            sandbox.ClientId,
            new NetworkCredential(string.Empty, sandbox.ClientSecret).Password,
            sandbox.CaCertificate
        );

    /// <summary>How a session of this process reaches it.</summary>
    public IotHubSandbox ToSandbox() =>
        new()
        {
            ProcessId = Environment.ProcessId,
            Port = Port,
            AmqpPort = AmqpPort,
            Seed = 0,
            HubName = HubName,
            HubHostName = HubHostName,
            ResourceId = ResourceId,
            TenantId = TenantId,
            ClientId = ClientId,
            ClientSecret = new NetworkCredential(string.Empty, ClientSecret).SecurePassword,
            ConnectionString = new NetworkCredential(string.Empty, string.Empty).SecurePassword,
            CaCertificate = CaCertificate,
            ControlKey = string.Empty,
            IdentityEndpoint = new Uri($"http://127.0.0.1:{Port}"),
            IdentityHeader = string.Empty,
        };
}

/// <summary>What an admin chooses when a plan is made.</summary>
internal sealed record PlanChoices(IReadOnlyList<string> Devices)
{
    public bool IncludeOldVersions { get; init; }

    public bool DeleteEmptied { get; init; }

    public bool SettleMessages { get; init; }

    public RecordScope Scope { get; init; } = RecordScope.All;

    /// <summary>The file that the plan is saved to; null when it is not saved.</summary>
    public string? Path { get; init; }
}

/// <summary>An engine that is connected to a sandbox, as a cmdlet connects it, and the faults that it told.</summary>
internal sealed class EngineSession
{
    public const int UsualLimit = 8;

    private readonly DsrEngine _engine;
    private readonly List<Fault> _faults = [];
    private readonly int _limit;
    private DsrContext? _context;

    private readonly bool _isDistributed;

    private EngineSession(TimeProvider clock, int limit, IUnitEngines? engines)
    {
        _engine = new DsrEngine(clock, engines: engines is null ? null : _ => engines);
        (_limit, _isDistributed) = (limit, engines is not null);
    }

    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>Called with how far an operation has come.</summary>
    public Action<ProgressEvent>? Progress { get; set; }

    private DsrContext Context => _context!;

    /// <param name="sandbox">The sandbox.</param>
    /// <param name="store">Folder or container of the requests.</param>
    /// <param name="clock">The engine's clock.</param>
    /// <param name="limit">How many blobs, or devices, are worked on at once.</param>
    /// <param name="locationFile">Further locations; null when there are none.</param>
    /// <param name="engines">What carries parts to workers; null where all is done in this process.</param>
    public static async Task<EngineSession> ConnectAsync(
        WorkerSandbox sandbox,
        string store,
        TimeProvider clock,
        int limit,
        string? locationFile = null,
        IUnitEngines? engines = null
    )
    {
        var session = new EngineSession(clock, limit, engines);
        var connect = new ConnectOptions
        {
            Sandbox = sandbox.ToSandbox(),
            ThrottleShare = 1,
            RequestStore = store,
            LocationFile = locationFile,
        };
        session._context = (await session.ResultsAsync<DsrContext>(session._engine.ConnectAsync(connect, CancellationToken.None))).Single();
        return session;
    }

    /// <summary>Hands over findings as they are known, and keeps none.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="found">Takes them.</param>
    /// <param name="noIndex">Whether every blob is read.</param>
    public Task FindAsync(IReadOnlyList<string> devices, Action<DeviceDataFinding> found, bool noIndex = false)
    {
        var options = new FootprintOptions
        {
            Context = Context,
            DeviceIds = Stream(devices),
            ThrottleLimit = _limit,
            NoIndex = noIndex,
            Distributed = _isDistributed,
        };
        return ForEachAsync(_engine.FindAsync(options, CancellationToken.None), found);
    }

    /// <summary>Makes the index of devices, or brings it up to date.</summary>
    public Task<List<DeviceIndexCoverage>> UpdateIndexAsync() =>
        ResultsAsync<DeviceIndexCoverage>(
            _engine.UpdateIndexAsync(new IndexOptions { Context = Context, ThrottleLimit = _limit }, CancellationToken.None)
        );

    /// <summary>Reads the locations one after the other; what each took, slowest first.</summary>
    public async Task<IReadOnlyList<LocationSeconds>> FindApartAsync(IReadOnlyList<string> devices)
    {
        List<LocationSeconds> took = [];
        IAsyncEnumerable<DsrEvent> operation = OperationEvents.RunAsync(
            async (events, token) =>
            {
                HubLocations locations = await _engine.ConnectionOf(Context).ReadLocationsAsync(token);
                var reading = new LocationReading(locations, new SinkOptions(_limit), events);
                foreach (DataLocation location in locations.PerDevice.Concat(locations.Shared))
                {
                    long started = Stopwatch.GetTimestamp();
                    await reading.FindAsync(location, devices, token);
                    took.Add(new LocationSeconds(location.ToString(), Stopwatch.GetElapsedTime(started).TotalSeconds));
                }
            },
            CancellationToken.None
        );
        await ForEachAsync<DeviceDataFinding>(operation, static _ => { });
        return [.. took.OrderByDescending(static one => one.Seconds)];
    }

    public async Task<ErasurePlan> PlanAsync(PlanChoices choices)
    {
        var options = new PlanOptions
        {
            Context = Context,
            DeviceIds = Stream(choices.Devices),
            Erasure = new ErasureOptions
            {
                Scope = choices.Scope,
                IncludeOldVersions = choices.IncludeOldVersions,
                DeleteEmptied = choices.DeleteEmptied,
                SettleMessages = choices.SettleMessages,
            },
            Path = choices.Path,
            ThrottleLimit = _limit,
            Distributed = _isDistributed,
        };
        return (await ResultsAsync<ErasurePlan>(_engine.PlanAsync(options, CancellationToken.None))).Single();
    }

    /// <summary>Looks again at what a saved plan is about.</summary>
    public async Task<ErasurePlan> ConfirmAsync(string path, long tolerance)
    {
        var options = new ConfirmPlanOptions
        {
            Context = Context,
            Path = path,
            Tolerance = tolerance,
            ThrottleLimit = _limit,
        };
        return (await ResultsAsync<ErasurePlan>(_engine.ConfirmPlanAsync(options, CancellationToken.None))).Single();
    }

    public async Task<List<ErasureReceipt>> EraseAsync(ErasurePlan plan)
    {
        var receipts = new List<ErasureReceipt>();
        await EraseAsync(plan, _ => true, receipts.Add);
        return receipts;
    }

    /// <summary>Runs the steps of a plan that are approved; hands over receipts as they come, and keeps none.</summary>
    public Task EraseAsync(ErasurePlan plan, Func<ErasureStep, bool> approves, Action<ErasureReceipt> received)
    {
        var options = new RemoveOptions
        {
            Context = Context,
            ThrottleLimit = _limit,
            Distributed = _isDistributed,
        };
        return ForEachAsync(_engine.EraseAsync(options, plan, approves, CancellationToken.None), received);
    }

    public Task<List<ErasureReceipt>> ResumeAsync(string requestId) =>
        ResultsAsync<ErasureReceipt>(_engine.ResumeAsync(Continue(requestId), CancellationToken.None));

    public Task<List<ErasureReceipt>> VerifyAsync(string requestId) =>
        ResultsAsync<ErasureReceipt>(_engine.VerifyAsync(Continue(requestId), CancellationToken.None));

    public Task ExportAsync(IReadOnlyList<string> devices, string path)
    {
        var options = new ExportOptions
        {
            Context = Context,
            DeviceIds = Stream(devices),
            Path = path,
            ThrottleLimit = _limit,
            Distributed = _isDistributed,
        };
        return ResultsAsync<DataExport>(_engine.ExportAsync(options, CancellationToken.None));
    }

    private ResumeOptions Continue(string requestId) =>
        new()
        {
            Context = Context,
            RequestId = requestId,
            ThrottleLimit = _limit,
            Distributed = _isDistributed,
        };

    private async Task<List<T>> ResultsAsync<T>(IAsyncEnumerable<DsrEvent> operation)
        where T : class
    {
        var results = new List<T>();
        await ForEachAsync<T>(operation, results.Add);
        return results;
    }

    private async Task ForEachAsync<T>(IAsyncEnumerable<DsrEvent> operation, Action<T> take)
        where T : class
    {
        await foreach (DsrEvent next in operation)
        {
            if (next is OutputEvent<T> output)
                take(output.Value);
            else if (next is ConfirmationEvent question)
                question.Answer(true);
            else if (next is FaultEvent { Fault: var fault })
                _faults.Add(fault);
            else if (next is ProgressEvent progress)
                Progress?.Invoke(progress);
        }
    }

    private static async IAsyncEnumerable<string> Stream(IEnumerable<string> deviceIds)
    {
        await Task.CompletedTask;
        foreach (string deviceId in deviceIds)
            yield return deviceId;
    }
}
