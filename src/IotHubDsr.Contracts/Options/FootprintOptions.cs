namespace IotHubDsr;

/// <summary>Options of a footprint: what is held of devices.</summary>
public sealed record FootprintOptions : ScopedOptions
{
    /// <summary>Whether every blob is read, also those that the device index tells hold nothing of the devices; nothing is added to it.</summary>
    public bool NoIndex { get; init; }
}
