using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Work;

/// <summary>What units are done for: from it another process opens the same work.</summary>
/// <param name="Role">The role of the sink.</param>
/// <param name="Call">The call of the sink.</param>
/// <param name="DeviceIds">The devices that the call is about.</param>
internal sealed record UnitOrder(UnitRole Role, SinkCall Call, IReadOnlyList<string> DeviceIds);

/// <summary>The role of a sink that a call asks for.</summary>
internal enum UnitRole
{
    Find,
    Export,
    Erase,
}
