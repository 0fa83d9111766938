using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.HubConfigurations;

/// <summary>The configurations that name a device, each with the parts that do.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Parts">The parts.</param>
/// <param name="DeviceId">The device.</param>
internal sealed record NamingConfiguration(HubConfiguration Configuration, IReadOnlyList<NamedPart> Parts, string DeviceId)
{
    /// <summary>The name of a configuration among the items of a finding.</summary>
    public string Path => PathOf(Configuration.Id);

    /// <summary>Whether its target condition alone names the device, does nothing but list devices, and has others besides.</summary>
    public bool IsRewritable => Parts is [{ Path: NamedPart.Condition }] && WithoutDevice is not null;

    /// <summary>Whether its target condition alone names the device, and lists no other.</summary>
    public bool IsOfDeviceAlone =>
        Configuration.TargetCondition is { } condition
        && DeviceCondition.TryParse(condition) is { } listed
        && listed.DeviceIds.All(other => other == DeviceId);

    private string? WithoutDevice =>
        Configuration.TargetCondition is { } condition ? DeviceCondition.TryParse(condition)?.Without(DeviceId) : null;

    public static string PathOf(string id) => $"configurations/{id}";
}

/// <summary>Reads all configurations once for all devices.</summary>
internal sealed class ConfigurationScan
{
    private readonly Dictionary<string, List<NamingConfiguration>> _held;

    private ConfigurationScan(Dictionary<string, List<NamingConfiguration>> held, bool isDoubtful) =>
        (_held, IsDoubtful) = (held, isDoubtful);

    /// <summary>
    /// Whether there can be more than the hub gave: as many as a hub can have of one sort, and no word of another page.
    /// </summary>
    public bool IsDoubtful { get; }

    public IReadOnlyList<NamingConfiguration> Of(string deviceId) => _held[deviceId];

    public static async Task<ConfigurationScan> RunAsync(HubClient hub, IEnumerable<string> deviceIds, CancellationToken cancellationToken)
    {
        var held = deviceIds
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(static device => device, static _ => new List<NamingConfiguration>(), StringComparer.Ordinal);
        IReadOnlyList<HubConfiguration> all = await hub.Configurations.ListAsync(cancellationToken);
        foreach (HubConfiguration configuration in all)
        {
            IReadOnlyList<NamedPart> parts = NamedPart.Of(configuration);
            foreach ((string deviceId, List<NamingConfiguration> naming) in held)
            {
                NamedPart[] those = [.. parts.Where(part => part.Names(deviceId))];
                if (those.Length > 0)
                    naming.Add(new NamingConfiguration(configuration, those, deviceId));
            }
        }

        return new ConfigurationScan(held, Azure.Hub.HubConfigurations.MayBeCut(all.Count));
    }
}
