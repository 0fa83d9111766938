using IotHubDsr.Benchmarks.Erasures;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>What a worker can be told to do.</summary>
internal enum JobTask
{
    Connect,
    Find,
    FindApart,
    Plan,
    Erase,
}

/// <summary>One thing that a worker is to do.</summary>
internal sealed record JobOrder(JobTask Task)
{
    /// <summary>The devices to find, or to plan for.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Erases in this place only; null for everywhere.</summary>
    public string? Place { get; init; }

    /// <summary>Where to connect to.</summary>
    public WorkerSandbox? Sandbox { get; init; }

    /// <summary>The folder of the requests.</summary>
    public string Store { get; init; } = string.Empty;

    /// <summary>Containers that the hub's configuration does not tell of.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>A file of further locations; null where <see cref="Containers"/> are all.</summary>
    public string? LocationFile { get; init; }

    /// <summary>How many blobs, or devices, are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = EngineSession.UsualLimit;
}

/// <summary>What came of it.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Records">Records that were found, or erased.</param>
/// <param name="PeakMib">The most memory that the worker has taken so far.</param>
internal sealed record JobReport(double Seconds, long Records, double PeakMib)
{
    /// <summary>What each location took when it was read alone, slowest first.</summary>
    public IReadOnlyList<LocationSeconds> Slowest { get; init; } = [];
}

/// <summary>A location, and the time that its reading took.</summary>
internal sealed record LocationSeconds(string Location, double Seconds);
