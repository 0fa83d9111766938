using System.Globalization;

namespace IotHubDsr.Sandbox.World;

/// <summary>A container of Cosmos DB that the hub routes messages to.</summary>
internal sealed record CosmosEndpoint(string Name, string Account, string Database, string Container)
{
    /// <summary>The one of the world, as the hub's configuration has it.</summary>
    public static CosmosEndpoint Telemetry { get; } =
        new("telemetry-cosmos", WorldNames.CosmosAccount, WorldNames.CosmosDatabase, WorldNames.CosmosContainer);

    public string PartitionKeyName { get; init; } = "pk";

    public string PartitionKeyTemplate { get; init; } = "{deviceid}-{YYYY}-{MM}";

    /// <summary>The hub computes the key of each document. The device ID comes last: it may have braces of its own.</summary>
    public string PartitionKeyOf(string hubName, string deviceId, DateTimeOffset time) =>
        PartitionKeyTemplate
            .Replace("{iothub}", hubName, StringComparison.Ordinal)
            .Replace("{YYYY}", time.UtcDateTime.ToString("yyyy", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{MM}", time.UtcDateTime.ToString("MM", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{DD}", time.UtcDateTime.ToString("dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{deviceid}", deviceId, StringComparison.Ordinal);
}
