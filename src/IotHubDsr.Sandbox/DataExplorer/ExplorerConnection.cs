using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.DataExplorer;

/// <summary>A data connection: what it reads, and the table that it fills.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">IotHub, EventHub, EventGrid or CosmosDb.</param>
/// <param name="Table">The table; null where each message names one.</param>
/// <param name="Properties">As Resource Manager shows it, without what follows from the other parameters.</param>
internal sealed record ExplorerConnection(string Name, string Kind, string? Table, JsonObject Properties)
{
    public string? Mapping { get; init; }

    /// <summary>The format of the data; an empty one is given by each message.</summary>
    public string Format { get; init; } = "JSON";

    /// <summary>The properties of the service that come with each event, in the order in which columns of CSV get them.</summary>
    public IReadOnlyList<string> SystemProperties { get; init; } = [];

    /// <summary>The routing endpoint of the hub whose messages it gets; null for none.</summary>
    public string? Endpoint { get; init; }

    public JsonObject Describe(string databaseId, string cluster, string database)
    {
        JsonObject properties = Properties.DeepClone().AsObject();
        properties["tableName"] = Table ?? "";
        properties["mappingRuleName"] = Mapping ?? "";
        properties["dataFormat"] = Format;
        properties["provisioningState"] = "Succeeded";
        if (Kind is "IotHub" or "EventHub")
            properties["eventSystemProperties"] = new JsonArray([.. SystemProperties.Select(name => JsonValue.Create(name))]);

        return new JsonObject
        {
            ["id"] = $"{databaseId}/dataConnections/{Name}",
            ["name"] = $"{cluster}/{database}/{Name}",
            ["type"] = "Microsoft.Kusto/Clusters/Databases/DataConnections",
            ["kind"] = Kind,
            ["location"] = "West Europe",
            ["properties"] = properties,
        };
    }
}
