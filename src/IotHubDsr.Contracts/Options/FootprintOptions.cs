namespace IotHubDsr;

/// <summary>Options of a footprint: what is held of devices.</summary>
public sealed record FootprintOptions : ScopedOptions;
