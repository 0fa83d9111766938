using System.Globalization;
using System.Text;

namespace IotHubDsr.Sandbox.World;

/// <summary>A storage container that the hub routes messages to.</summary>
internal sealed record StorageEndpoint(string Name, string Account, string Container, RoutedEncoding Encoding)
{
    public string FileNameFormat { get; init; } = "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}";

    public TimeSpan BatchFrequency { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>An identity-based endpoint names its account by URI, a key-based one in a masked connection string alone.</summary>
    public bool IsIdentityBased { get; init; }

    public string BlobName(string hubName, int partition, DateTimeOffset time) =>
        new StringBuilder(FileNameFormat)
            .Replace("{iothub}", hubName)
            .Replace("{partition}", partition.ToString("D2", CultureInfo.InvariantCulture))
            .Replace("{YYYY}", time.UtcDateTime.ToString("yyyy", CultureInfo.InvariantCulture))
            .Replace("{MM}", time.UtcDateTime.ToString("MM", CultureInfo.InvariantCulture))
            .Replace("{DD}", time.UtcDateTime.ToString("dd", CultureInfo.InvariantCulture))
            .Replace("{HH}", time.UtcDateTime.ToString("HH", CultureInfo.InvariantCulture))
            .Replace("{mm}", time.UtcDateTime.ToString("mm", CultureInfo.InvariantCulture))
            .ToString();
}

/// <summary>A route from a source of messages to an endpoint, whatever its kind.</summary>
internal sealed record HubRoute(string Name, string Source, string Endpoint, string Condition = "true", bool IsEnabled = true);

/// <summary>Where the hub sends its messages.</summary>
internal sealed record RoutingConfiguration(string HubName, IReadOnlyList<StorageEndpoint> Storage, IReadOnlyList<HubRoute> Routes)
{
    public const int PartitionCount = 4;

    /// <summary>The same without what leads elsewhere than to a container.</summary>
    public RoutingConfiguration ToStorage() =>
        this with
        {
            Routes = [.. Routes.Where(route => Storage.Any(endpoint => endpoint.Name == route.Endpoint))],
        };

    /// <summary>A device's messages are always in the same partition, together with those of many others.</summary>
    public static int PartitionOf(string deviceId)
    {
        uint hash = 2166136261u;
        foreach (char letter in deviceId)
            hash = (hash ^ letter) * 16777619u;

        return (int)(hash % PartitionCount);
    }
}
