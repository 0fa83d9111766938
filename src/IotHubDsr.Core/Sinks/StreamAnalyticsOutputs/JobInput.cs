using System.Text.Json;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.StreamAnalyticsOutputs;

/// <summary>What an input of a job reads.</summary>
internal static class JobInput
{
    /// <summary>Whether it reads the hub, or a place that the hub's data gets to.</summary>
    /// <param name="source">Where the input comes from.</param>
    /// <param name="found">The places.</param>
    /// <param name="hub">The hub.</param>
    public static bool Reads(JsonElement? source, IReadOnlyList<LocationDraft> found, HubDescription hub)
    {
        JsonElement? properties = source.Prop("properties");
        return source.Text("type")?.ToUpperInvariant() switch
        {
            "MICROSOFT.DEVICES/IOTHUBS" => hub.Name.Equals(properties.Text("iotHubNamespace"), StringComparison.OrdinalIgnoreCase),
            "MICROSOFT.EVENTHUB/EVENTHUB" or "MICROSOFT.SERVICEBUS/EVENTHUB" => IsCompatibleEndpoint(properties, hub)
                || IsFound($"{properties.Text("serviceBusNamespace")}/{properties.Text("eventHubName")}"),
            "MICROSOFT.STORAGE/BLOB" => properties
                .Prop("storageAccounts")
                .Items()
                .Any(account => IsFound($"{account.Text("accountName")}/{properties.Text("container")}")),
            _ => false,
        };

        bool IsFound(string place) => found.Any(known => known.Place.Equals(place, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether an input is the hub itself: then each message has what the hub noted on it.</summary>
    public static bool IsHub(JsonElement? source, HubDescription hub) =>
        "MICROSOFT.DEVICES/IOTHUBS".Equals(source.Text("type"), StringComparison.OrdinalIgnoreCase)
        && hub.Name.Equals(source.Prop("properties").Text("iotHubNamespace"), StringComparison.OrdinalIgnoreCase);

    /// <summary>The consumer group in which an input reads an event hub; null where it reads something else.</summary>
    public static GroupUse? GroupOf(JsonElement? source, HubDescription hub)
    {
        JsonElement? properties = source.Prop("properties");
        string? read = source.Text("type")?.ToUpperInvariant() switch
        {
            "MICROSOFT.DEVICES/IOTHUBS" when hub.Name.Equals(properties.Text("iotHubNamespace"), StringComparison.OrdinalIgnoreCase) =>
                $"{hub.Name}/{Route.BuiltInEndpoint}",
            "MICROSOFT.EVENTHUB/EVENTHUB" or "MICROSOFT.SERVICEBUS/EVENTHUB" => IsCompatibleEndpoint(properties, hub)
                ? $"{hub.Name}/{Route.BuiltInEndpoint}"
                : $"{properties.Text("serviceBusNamespace")}/{properties.Text("eventHubName")}",
            _ => null,
        };
        return read is not null && properties.Text("consumerGroupName") is { } group ? new GroupUse(read, group) : null;
    }

    /// <summary>Whether it is the hub's built-in endpoint, under the names by which clients of Event Hubs know it.</summary>
    private static bool IsCompatibleEndpoint(JsonElement? properties, HubDescription hub)
    {
        JsonElement? events = hub.Properties.Prop("eventHubEndpoints").Prop("events");
        return events.Text("path") is { } path
            && path.Equals(properties.Text("eventHubName"), StringComparison.OrdinalIgnoreCase)
            && ServiceAddress.FirstLabel(events.Text("endpoint")) is { } space
            && space.Equals(properties.Text("serviceBusNamespace"), StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Where an output of a job leads.</summary>
internal static class JobOutput
{
    /// <summary>Members that say where, in the order in which they are said; none is a secret.</summary>
    private static readonly string[] s_names =
    [
        "accountName",
        "accountId",
        "server",
        "cluster",
        "serviceBusNamespace",
        "database",
        "container",
        "collectionNamePattern",
        "table",
        "eventHubName",
        "queueName",
        "topicName",
        "functionAppName",
        "functionName",
        "groupName",
        "dataset",
    ];

    /// <summary>The destination in a few words.</summary>
    public static string InWords(JsonElement? source)
    {
        JsonElement? properties = source.Prop("properties");
        string? account = properties.Prop("storageAccounts").Items().Select(static one => one.Text("accountName")).FirstOrDefault();
        IEnumerable<string> parts = new[] { account }.Concat(s_names.Select(name => properties.Text(name))).OfType<string>();
        return $"{source.Text("type") ?? "a place that is not told"} {LocationText.Quote(string.Join('/', parts))}".TrimEnd();
    }
}
