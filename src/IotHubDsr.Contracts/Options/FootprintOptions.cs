namespace IotHubDsr;

/// <summary>Options of a footprint: what is held of devices.</summary>
public sealed record FootprintOptions : ScopedOptions
{
    /// <summary>Whether every blob is read, also those that the device index tells hold nothing of the devices; nothing is added to it.</summary>
    public bool NoIndex { get; init; }

    /// <summary>
    /// Whether workers read what can be split; the request store of the connection is then a blob container. False when all is read in this
    /// process.
    /// </summary>
    public bool Distributed { get; init; }
}
