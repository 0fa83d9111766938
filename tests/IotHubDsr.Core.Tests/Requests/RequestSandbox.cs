using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Engine;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Requests;

/// <summary>The engine, connected to a sandbox as a cmdlet connects it, and what it says.</summary>
internal sealed class RequestSandbox : IAsyncDisposable
{
    private readonly DsrEngine _engine = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("request-tests-").FullName;

    private RequestSandbox(SandboxServer server) => Server = server;

    public SandboxServer Server { get; }

    public DsrContext Context { get; private set; } = null!;

    public string PackagePath => Path.Combine(_folder, "package");

    /// <summary>The folder of the requests.</summary>
    public string RequestStore { get; } = Directory.CreateTempSubdirectory("request-store-").FullName;

    public IReadOnlyList<string> FilesInFolder => Directory.GetFileSystemEntries(_folder);

    public List<DsrEvent> Events { get; } = [];

    public IEnumerable<Fault> Reported => Events.OfType<FaultEvent>().Select(reported => reported.Fault);

    public static async Task<RequestSandbox> StartAsync()
    {
        var sandbox = new RequestSandbox(await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None));
        var request = new ConnectRequest
        {
            Sandbox = SandboxAccess.Describe(sandbox.Server.Descriptor),
            ThrottleShare = 1,
            RequestStore = sandbox.RequestStore,
        };
        sandbox.Context = Assert.Single(await sandbox.RunAsync<DsrContext>(sandbox._engine.ConnectAsync(request, CancellationToken.None)));
        return sandbox;
    }

    public Task<List<DeviceDataFinding>> FindAsync(params string[] deviceIds) => RunAsync<DeviceDataFinding>(_engine.FindAsync(
        new FootprintRequest { Context = Context, DeviceIds = Stream(deviceIds) }, CancellationToken.None));

    public Task<ErasurePlan> PlanAsync(params string[] deviceIds) => PlanAsync(includeOldVersions: false, deviceIds);

    public async Task<ErasurePlan> PlanAsync(bool includeOldVersions, params string[] deviceIds) => Assert.Single(await RunAsync<ErasurePlan>(
        _engine.PlanAsync(
            new PlanRequest { Context = Context, DeviceIds = Stream(deviceIds), IncludeOldVersions = includeOldVersions }, CancellationToken.None)));

    /// <summary>Makes a plan and saves it in the folder of the sandbox.</summary>
    public async Task<ErasurePlan> SavePlanAsync(string name, params string[] deviceIds) => Assert.Single(await RunAsync<ErasurePlan>(_engine.PlanAsync(
        new PlanRequest { Context = Context, DeviceIds = Stream(deviceIds), Path = Path.Combine(_folder, name) }, CancellationToken.None)));

    /// <summary>Looks again at what a saved plan is about.</summary>
    public async Task<ErasurePlan> ConfirmAsync(string path, long tolerance = 0) => Assert.Single(await RunAsync<ErasurePlan>(_engine.ConfirmPlanAsync(
        new ConfirmPlanRequest { Context = Context, Path = path, Tolerance = tolerance }, CancellationToken.None)));

    /// <summary>Looks again at what a plan at hand is about.</summary>
    public async Task<ErasurePlan> ConfirmAsync(ErasurePlan plan) => Assert.Single(await RunAsync<ErasurePlan>(_engine.ConfirmPlanAsync(
        new ConfirmPlanRequest { Context = Context, Plan = plan }, CancellationToken.None)));

    public Task<List<ErasureReceipt>> EraseAsync(ErasurePlan plan, Func<ErasureStep, bool>? approve = null) => RunAsync<ErasureReceipt>(
        _engine.EraseAsync(
            new ErasureRequest
            {
                Context = Context,
                Plan = plan,
                Approved = [.. plan.Steps.Where(step => step.Action == ErasureAction.Erase && approve?.Invoke(step) != false)],
            },
            CancellationToken.None));

    public IAsyncEnumerable<DsrEvent> Exporting(CancellationToken cancellationToken, params string[] deviceIds) => _engine.ExportAsync(
        new ExportRequest { Context = Context, DeviceIds = Stream(deviceIds), Path = PackagePath }, cancellationToken);

    public async Task<DataExport> ExportAsync(params string[] deviceIds) =>
        Assert.Single(await RunAsync<DataExport>(Exporting(CancellationToken.None, deviceIds)));

    public async ValueTask DisposeAsync()
    {
        _engine.Disconnect(Context);
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(RequestStore, recursive: true);
    }

    private async Task<List<T>> RunAsync<T>(IAsyncEnumerable<DsrEvent> operation)
        where T : class
    {
        var results = new List<T>();
        await foreach (DsrEvent next in operation)
        {
            Events.Add(next);
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
}
