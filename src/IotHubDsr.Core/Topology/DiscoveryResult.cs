namespace IotHubDsr.Core.Topology;

/// <summary>What a hub's configuration tells of the places where data of its devices can be.</summary>
/// <param name="Locations">
/// One location per place. Each has the verdict and the advice that hold as long as no sink reads its kind; a sink for the kind replaces
/// both.
/// </param>
/// <param name="Faults">Why parts of the configuration could not be read; what is unread of the hub's own is also a location.</param>
internal sealed record DiscoveryResult(IReadOnlyList<DataLocation> Locations, IReadOnlyList<Fault> Faults);
