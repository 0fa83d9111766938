namespace IotHubDsr;

/// <summary>Options of an erasure plan.</summary>
public sealed record PlanOptions : SubjectOptions
{
    /// <summary>What is to be erased.</summary>
    public ErasureOptions Erasure { get; init; } = ErasureOptions.OwnAndCurrent;

    /// <summary>Full path of a file to save the plan to; it must not exist. Null when it is not saved.</summary>
    public string? Path { get; init; }

    /// <summary>Whether every blob is read, also those that the device index tells hold nothing of the devices; nothing is added to it.</summary>
    public bool NoIndex { get; init; }

    /// <summary>
    /// Whether workers read what can be split; the request store of the connection is then a blob container. False when all is read in this
    /// process.
    /// </summary>
    public bool Distributed { get; init; }
}
