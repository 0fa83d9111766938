namespace IotHubDsr.Core.Distribution;

/// <summary>Carries units to whichever worker is free. It may carry one several times; segments see to it that this does not matter.</summary>
internal interface IUnitEngine : IAsyncDisposable
{
    /// <summary>Hands over a batch, once: one with the same ID that is there is left as it is.</summary>
    Task StartAsync(UnitBatch batch, CancellationToken cancellationToken);

    /// <summary>Whether a batch is still being carried.</summary>
    Task<bool> IsOpenAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Ends a batch, if it is open, and destroys what the engine has kept of it.</summary>
    Task ForgetAsync(string batchId, CancellationToken cancellationToken);
}

/// <summary>The side of an engine that the workers are on.</summary>
internal interface IUnitHost
{
    /// <summary>Does units until it is cancelled; those that have begun are waited for.</summary>
    /// <param name="work">Does a unit; it never throws, but for a cancellation.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task RunAsync(Func<UnitTicket, CancellationToken, Task<UnitAnswer>> work, CancellationToken cancellationToken);
}
