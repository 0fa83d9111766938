using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>Workers of other processes, but for the processes: connections and sinks of their own. Each unit is carried twice.</summary>
internal sealed class WorkersHere(SandboxServer server, string store) : IUnitEngines, IDisposable
{
    private const int WorkersOfEngine = 2;

    private readonly List<AzureAccess> _accesses = [];
    private readonly List<UnitWorker> _workers = [];

    public Action? OnStart { get; set; }

    /// <summary>What happens to requests of workers, by the number of the worker.</summary>
    public Func<int, HttpRequestMessage, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    public List<string> Messages { get; } = [];

    public int Done => _workers.Sum(static worker => worker.Done);

    public Task<IUnitEngine> OpenAsync(ISegmentStore opened, CancellationToken cancellationToken)
    {
        UnitWorker[] workers = [.. Enumerable.Range(0, WorkersOfEngine).Select(NewWorker)];
        _workers.AddRange(workers);
        return Task.FromResult<IUnitEngine>(new Watched(new DirectEngine(workers, copies: 2), this));
    }

    public IUnitHost OpenHost(ISegmentStore opened, string worker) => throw new NotSupportedException();

    public ContainerEvidence OpenStore() => new(NewAccess(new Wire()), new Uri(store), TimeProvider.System);

    public void Dispose()
    {
        foreach (AzureAccess access in _accesses)
            access.Dispose();
    }

    private UnitWorker NewWorker(int number)
    {
        AzureAccess access = NewAccess(new Wire { Before = request => Before(number, request) });
        var evidence = new ContainerEvidence(access, new Uri(store), TimeProvider.System);
        var throttle = HubThrottle.For(skuName: null, units: 1, share: 1);
        IReadOnlyList<Sink> SinksOf(string host) =>
            SinkCatalogue.OfModule.Open(HubClient.WithToken(access, host, throttle), access, access.Clock);
        return new UnitWorker(evidence, new OrderOpener(SinksOf, evidence, throttleLimit: 4), TimeProvider.System);
    }

    private AzureAccess NewAccess(Wire wire)
    {
        AzureAccess access = SandboxAccess.Open(server, wire);
        lock (_accesses)
            _accesses.Add(access);
        return access;
    }

    private sealed class Watched(DirectEngine inner, WorkersHere owner) : IUnitEngine
    {
        public async Task StartAsync(UnitBatch batch, CancellationToken cancellationToken)
        {
            lock (owner.Messages)
                owner.Messages.Add(batch.ToText());
            await inner.StartAsync(batch, cancellationToken);
            owner.OnStart?.Invoke();
        }

        public Task<bool> IsOpenAsync(string batchId, CancellationToken cancellationToken) => inner.IsOpenAsync(batchId, cancellationToken);

        public Task ForgetAsync(string batchId, CancellationToken cancellationToken) => inner.ForgetAsync(batchId, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
