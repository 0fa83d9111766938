namespace IotHubDsr;

/// <summary>Options of an estimate: what reading the locations for some devices would take.</summary>
public sealed record EstimateOptions : ScopedOptions
{
    /// <summary>How many workers read at once; each as fast as <see cref="MegabytesPerSecond"/> says.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>How many megabytes (10^6 bytes) one worker reads in a second.</summary>
    public double MegabytesPerSecond { get; init; } = 100;

    /// <summary>Whether an erasure is to follow, which replaces blobs: what that is charged for at most is estimated as well.</summary>
    public bool ForErasure { get; init; }

    /// <summary>Whether every blob would be read, also those that the device index tells hold nothing of the devices.</summary>
    public bool NoIndex { get; init; }
}
