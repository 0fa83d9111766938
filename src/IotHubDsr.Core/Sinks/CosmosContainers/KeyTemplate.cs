using System.Text.Json;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Azure.Cosmos;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>
/// How the hub makes the partition key of a document. Where it is the device's ID alone, the partition of a device is known; where it has
/// dates, or anything else, a device has any number of partitions.
/// </summary>
internal static partial class KeyTemplate
{
    private const string NameSetting = "partitionKeyName";
    private const string TemplateSetting = "partitionKeyTemplate";
    private const string DeviceId = "{deviceid}";

    public static Dictionary<string, string> SettingsOf(JsonElement endpoint)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in (string[])[NameSetting, TemplateSetting])
        {
            if (endpoint.Text(name) is { } text)
                settings[name] = text;
        }

        return settings;
    }

    /// <summary>The member that holds the device's ID and is the key of its partition; null when no member is known to be that.</summary>
    /// <param name="location">The location, with the settings of its endpoint if all that lead there agree on them.</param>
    /// <param name="paths">The paths of the container's partition key.</param>
    public static string? DeviceMember(DataLocation location, IReadOnlyList<DocumentPath> paths) =>
        location.Settings.GetValueOrDefault(NameSetting) is { } name
        && DeviceId.Equals(location.Settings.GetValueOrDefault(TemplateSetting), StringComparison.OrdinalIgnoreCase)
        && PlainName().IsMatch(name)
        && paths is [var only]
        && only.IsMember(name)
            ? name
            : null;

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();
}
