using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Distribution;

/// <summary>The engines that carry units, one for each request store.</summary>
internal interface IUnitEngines
{
    /// <summary>The engine as a command uses it.</summary>
    /// <exception cref="DsrException">The account has no right to it, or it cannot be reached.</exception>
    Task<IUnitEngine> OpenAsync(ISegmentStore store, CancellationToken cancellationToken);

    /// <summary>The engine as a worker uses it.</summary>
    /// <param name="store">The request store.</param>
    /// <param name="worker">Name of the worker.</param>
    IUnitHost OpenHost(ISegmentStore store, string worker);
}
