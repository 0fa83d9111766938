using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Tests.Azurite;

/// <summary>The engine in an account of Azurite, for request stores of the sandbox, which has no tables.</summary>
internal sealed class EngineOnAzurite(DurableStorage storage) : IUnitEngines
{
    private const int UnitsAtOnce = 2;

    public async Task<IUnitEngine> OpenAsync(ISegmentStore store, CancellationToken cancellationToken) =>
        await DurableEngine.OpenAsync(storage, TimeProvider.System, cancellationToken);

    public IUnitHost OpenHost(ISegmentStore store, string worker) => new DurableHost(storage, worker, UnitsAtOnce);
}
