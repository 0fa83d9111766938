using System.Text.Json.Nodes;

namespace IotHubDsr.Core.Topology;

/// <summary>The JSON Schema of a <see cref="LocationFile"/>, from the descriptions of the kinds. The module has it as a file.</summary>
internal static class LocationFileSchema
{
    private const string Kind = "kind";
    private const string ContainerUri = "containerUri";
    private const string HubName = "hubName";
    private const string Place = "place";

    public static JsonObject Of(PlaceKinds kinds) =>
        new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Locations of an IoT hub's data that its configuration cannot tell of",
            ["description"] =
                "A file for -LocationFile of Connect-IotHubDsr. It holds no secrets: access is by role. Comments and trailing commas are "
                + "allowed.",
            ["type"] = "object",
            ["required"] = Texts("locations"),
            ["properties"] = new JsonObject
            {
                ["$schema"] = Text("Address of this schema, for editors."),
                ["locations"] = new JsonObject { ["type"] = "array", ["items"] = Entry(kinds) },
            },
        };

    private static JsonObject Entry(PlaceKinds kinds) =>
        new()
        {
            ["type"] = "object",
            ["required"] = Texts(Kind),
            ["additionalProperties"] = false,
            ["properties"] = Members(kinds),
            ["allOf"] = new JsonArray([
                When(
                    Among(kinds.Of(PlaceForm.Container)),
                    new JsonObject
                    {
                        ["required"] = Texts(ContainerUri),
                        ["properties"] = new JsonObject { [Place] = false },
                    },
                    new JsonObject
                    {
                        ["required"] = Texts(Place),
                        ["properties"] = new JsonObject { [ContainerUri] = false, [HubName] = false },
                    }
                ),
                .. Parts(kinds),
                Belongs(LocationSettings.ConsumerGroup, kinds.With(PlaceTraits.HasConsumerGroups)),
                Belongs(LocationSettings.DeviceIdColumn, kinds.With(PlaceTraits.NamesDeviceInColumn)),
                Belongs(LocationFileEntry.Formats, kinds.With(PlaceTraits.HasNameFormats)),
                Belongs(LocationFileStatements.Dedicated, kinds.With(PlaceTraits.MayBeDedicated)),
                Belongs(LocationFileStatements.Exclude, kinds.With(PlaceTraits.MixesHubs)),
                Belongs(LocationFileStatements.Own, LocationFileStatements.WithOwnBlobs(kinds)),
            ]),
        };

    private static JsonObject Members(PlaceKinds kinds)
    {
        JsonObject[] known =
        [
            .. kinds
                .All.Where(kind => kind.Form != PlaceForm.OfHub || kind.Is(PlaceTraits.HasConsumerGroups))
                .Select(static kind => new JsonObject { ["const"] = kind.Kind, ["description"] = kind.Summary }),
        ];
        return new JsonObject
        {
            [Kind] = new JsonObject
            {
                ["description"] =
                    "A kind of location as Get-IotDataLocation shows it. Any other name is a place that somebody has to look at.",
                ["anyOf"] = new JsonArray([.. known, new JsonObject { ["type"] = "string", ["minLength"] = 1 }]),
            },
            [ContainerUri] = Text("Address of a blob container, without a SAS.", "^https://[^/?#@]+/[^/?#]+/?$"),
            [HubName] = Text("Name of the hub in blob names, events and rows, where it is not that of the connected hub."),
            [Place] = Text(
                "The place. Of an event hub, queue or topic the namespace, a slash and the name; of a CosmosContainer "
                    + "account/database/container; of a DataExplorerTable cluster/database/table."
            ),
            ["resourceId"] = Text("Azure Resource Manager ID of the resource.", "^/?subscriptions/"),
            ["note"] = Text("Why it is included."),
            [LocationSettings.ConsumerGroup] = Text("The consumer group in which an event hub is read."),
            [LocationSettings.DeviceIdColumn] = Text("The column of a table that holds the device ID."),
            [LocationFileStatements.Dedicated] = Text("Why the place belongs to the connected hub alone."),
            [LocationFileStatements.Exclude] = Blobs("Blobs that hold no messages and are not read."),
            [LocationFileStatements.Own] = Blobs("Blobs that this hub wrote although their names do not show it."),
            [LocationFileEntry.Formats] = new JsonObject
            {
                ["description"] = "Formats of blob names that a routing endpoint used earlier.",
                ["type"] = "array",
                ["items"] = Text("A format.", @"\{iothub\}"),
            },
        };
    }

    /// <summary>Parts of the hub itself can only be told a consumer group.</summary>
    private static IEnumerable<JsonNode> Parts(PlaceKinds kinds)
    {
        foreach (bool hasGroups in (bool[])[false, true])
        {
            string[] parts =
            [
                .. kinds
                    .All.Where(kind => kind.Form == PlaceForm.OfHub && kind.Is(PlaceTraits.HasConsumerGroups) == hasGroups)
                    .Select(static kind => kind.Kind),
            ];
            if (parts.Length > 0)
            {
                yield return When(
                    Among(parts),
                    hasGroups
                        ? new JsonObject { ["required"] = Texts(LocationSettings.ConsumerGroup) }
                        : new JsonObject { ["not"] = new JsonObject() }
                );
            }
        }
    }

    private static JsonObject Belongs(string member, string[] kinds) => When(new JsonObject { ["required"] = Texts(member) }, Among(kinds));

    private static JsonObject When(JsonObject condition, JsonObject then, JsonObject? otherwise = null)
    {
        var rule = new JsonObject { ["if"] = condition, ["then"] = then };
        if (otherwise is not null)
            rule["else"] = otherwise;
        return rule;
    }

    private static JsonObject Among(string[] kinds) =>
        new() { ["properties"] = new JsonObject { [Kind] = new JsonObject { ["enum"] = Texts(kinds) } } };

    private static JsonObject Blobs(string description) =>
        new()
        {
            ["description"] = description,
            ["type"] = "array",
            ["items"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = Texts("ground"),
                ["additionalProperties"] = false,
                ["properties"] = new JsonObject
                {
                    ["name"] = Text("The whole name of the blob."),
                    ["prefix"] = Text("The beginning of the names of blobs."),
                    ["ground"] = Text("Why it holds."),
                },
                ["oneOf"] = new JsonArray([
                    new JsonObject { ["required"] = Texts("name") },
                    new JsonObject { ["required"] = Texts("prefix") },
                ]),
            },
        };

    private static JsonObject Text(string description, string? pattern = null)
    {
        var text = new JsonObject { ["description"] = description, ["type"] = "string" };
        if (pattern is not null)
            text["pattern"] = pattern;
        return text;
    }

    private static JsonArray Texts(params string[] texts) => [.. texts.Select(static text => (JsonNode)text)];
}
