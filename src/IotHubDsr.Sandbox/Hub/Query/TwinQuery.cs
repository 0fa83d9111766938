using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub.Query;

/// <summary>A column of a result: a path, or nothing for a count, and the name it appears under.</summary>
internal sealed record Projection(PropertyPath? Path, string Name);

/// <summary>A parsed query. Without projections it selects whole documents.</summary>
internal sealed record TwinQuery(QueryCollection Collection, IReadOnlyList<Projection> Projections)
{
    public QueryExpression? Where { get; init; }

    public PropertyPath? GroupBy { get; init; }

    public int Top { get; init; } = int.MaxValue;

    public bool Counts => Projections.Any(projection => projection.Path is null);

    /// <summary>What the service says the rows are.</summary>
    public string ItemType =>
        Projections.Count > 0 ? "Raw"
        : Collection == QueryCollection.Jobs ? "DeviceJob"
        : "Twin";

    public IEnumerable<JsonObject> Rows(IEnumerable<JsonObject> documents)
    {
        IEnumerable<JsonObject> found = documents.Where(document => Where is null || Where.Evaluate(document) == true);
        return (Counts || GroupBy is not null ? Groups(found) : found.Select(document => Project(document))).Take(Top);
    }

    private IEnumerable<JsonObject> Groups(IEnumerable<JsonObject> documents) =>
        GroupBy is null
            ? [Project(new JsonObject(), documents.Count())]
            : documents
                .GroupBy(
                    document => GroupBy.TryRead(document, out JsonNode? value) ? value?.ToJsonString() ?? "null" : "",
                    StringComparer.Ordinal
                )
                .Select(group => Project(group.First(), group.Count()));

    private JsonObject Project(JsonObject document) => Projections.Count == 0 ? document : Project(document, 0);

    private JsonObject Project(JsonObject document, int count)
    {
        var row = new JsonObject();
        foreach (Projection projection in Projections)
        {
            if (projection.Path is null)
                row[projection.Name] = count;
            else if (projection.Path.TryRead(document, out JsonNode? value))
                row[projection.Name] = value?.DeepClone();
        }

        return row;
    }
}
