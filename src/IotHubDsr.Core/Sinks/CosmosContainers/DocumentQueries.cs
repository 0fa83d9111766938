using System.Globalization;
using IotHubDsr.Core.Azure.Cosmos;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>
/// The queries by which documents are found. They ask for all that may concern a device, by every place in which a document can name one;
/// whose a document is, the document itself tells. The gateway serves no aggregates, and no order, across partitions.
/// </summary>
internal static class DocumentQueries
{
    /// <summary>How many devices one query asks for.</summary>
    public const int MostDevices = 128;

    /// <summary>
    /// Where the hub notes the sender, in both spellings, where Stream Analytics passes it on, and where MQTT names it in what was passed on.
    /// </summary>
    private static readonly string[] Senders =
    [
        """c.SystemProperties["iothub-connection-device-id"]""",
        """c.SystemProperties["connectionDeviceId"]""",
        """c.IoTHub["ConnectionDeviceId"]""",
        """c.Properties["$.cdid"]""",
    ];

    /// <summary>Where a gateway, or a notice of the hub, names a device.</summary>
    private static readonly string[] Properties = ["""c.Properties["deviceId"]""", """c.Properties["ConnectionDeviceId"]"""];

    /// <summary>All documents.</summary>
    public static DocumentQuery All { get; } = new("SELECT * FROM c", new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>
    /// What is no message of a hub, or does not tell its sender: it is only counted, as nobody can tell from it whose it is.
    /// </summary>
    public static DocumentQuery Senderless { get; } =
        new(
            """SELECT c._rid AS rid, c.id AS id, c["iothub-name"] AS hub, IS_DEFINED(c.SystemProperties) AS isRouted FROM c WHERE NOT ("""
                + string.Join(" OR ", Senders.Select(static place => $"(IS_STRING({place}) AND {place} != \"\")"))
                + ")",
            new Dictionary<string, string>(StringComparer.Ordinal)
        );

    /// <summary>Documents with an ID, in any partition.</summary>
    public static DocumentQuery OfId(string id) =>
        new("SELECT * FROM c WHERE c.id = @id", new Dictionary<string, string>(StringComparer.Ordinal) { ["@id"] = id });

    /// <summary>Documents that name one of some devices.</summary>
    /// <param name="deviceIds">The devices, no more than <see cref="MostDevices"/>.</param>
    /// <param name="exceptIn">A member that is the partition key: the partitions of these devices are left out. Null for none.</param>
    public static DocumentQuery Naming(IReadOnlyList<string> deviceIds, string? exceptIn = null)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string deviceId in deviceIds)
            parameters[string.Create(CultureInfo.InvariantCulture, $"@d{parameters.Count}")] = deviceId;
        string list = string.Join(", ", parameters.Keys);
        string named = string.Join(" OR ", Senders.Concat(Properties).Select(place => $"{place} IN ({list})"));

        // What is not there, or no text, compares with nothing: NOT alone would leave it out.
        string elsewhere = exceptIn is null ? "" : $""" AND (NOT IS_STRING(c["{exceptIn}"]) OR NOT (c["{exceptIn}"] IN ({list})))""";
        return new DocumentQuery($"SELECT * FROM c WHERE ({named}){elsewhere}", parameters);
    }
}
