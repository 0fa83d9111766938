using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>Databases, containers and ranges: what is read of them, and how they are made and removed.</summary>
internal static class MetadataOperations
{
    private const double ReadCharge = 1;
    private const double WriteCharge = 4.95;

    public static CosmosResponse ListDatabases(CosmosAccount account) =>
        Feed("", "Databases", [.. account.Databases.Select(MetadataDocuments.Of)]);

    public static CosmosResponse ListContainers(CosmosDatabase database) =>
        Feed(database.Rid, "DocumentCollections", [.. database.Containers.Select(MetadataDocuments.Of)]);

    public static CosmosResponse Read(CosmosDatabase database) =>
        CosmosResponse
            .Json(StatusCodes.Status200OK, MetadataDocuments.Of(database))
            .With("etag", MetadataDocuments.ETag(database.Timestamp))
            .WithCharge(ReadCharge);

    public static CosmosResponse Read(CosmosContainer container) =>
        CosmosResponse
            .Json(StatusCodes.Status200OK, MetadataDocuments.Of(container))
            .With("etag", MetadataDocuments.ETag(container.Timestamp))
            .WithSession(container, "0")
            .WithCharge(ReadCharge);

    /// <summary>A client asks again with the tag of the answer, until there is nothing new.</summary>
    public static CosmosResponse Ranges(CosmosRequest request, CosmosContainer container)
    {
        string tag = MetadataDocuments.ETag(container.Timestamp);
        if (request.Header("If-None-Match") == tag)
            return new CosmosResponse(StatusCodes.Status304NotModified).With("etag", tag).WithCharge(ReadCharge);

        IReadOnlyList<JsonObject> ranges = [.. container.Ranges.Select(range => MetadataDocuments.Of(range, container))];
        return Feed(container.Rid, "PartitionKeyRanges", ranges).With("etag", tag).With("x-ms-content-path", container.Rid);
    }

    public static CosmosResponse CreateDatabase(CosmosRequest request, CosmosAccount account)
    {
        string name = NameIn(request.Body());
        return account.TryAddDatabase(name, out CosmosDatabase? added)
            ? CosmosResponse.Json(StatusCodes.Status201Created, MetadataDocuments.Of(added)).WithCharge(WriteCharge)
            : throw CosmosErrors.Conflict;
    }

    public static CosmosResponse CreateContainer(CosmosRequest request, CosmosDatabase database)
    {
        JsonElement sent = request.Body();
        string name = NameIn(sent);
        CosmosContainerOptions options = ContainerDefinition.Read(sent);
        return database.TryAddContainer(name, options, out CosmosContainer? added)
            ? CosmosResponse.Json(StatusCodes.Status201Created, MetadataDocuments.Of(added)).WithSession(added, "0").WithCharge(WriteCharge)
            : throw CosmosErrors.Conflict;
    }

    public static CosmosResponse Delete(CosmosDatabase database, CosmosAccount account) =>
        account.TryRemoveDatabase(database) ? Deleted() : throw CosmosErrors.NotFound;

    public static CosmosResponse Delete(CosmosContainer container) =>
        container.Database.TryRemoveContainer(container) ? Deleted() : throw CosmosErrors.NotFound;

    private static CosmosResponse Deleted() => new CosmosResponse(StatusCodes.Status204NoContent).WithCharge(WriteCharge);

    private static CosmosResponse Feed(string rid, string name, IReadOnlyList<JsonObject> items) =>
        CosmosResponse
            .Json(
                StatusCodes.Status200OK,
                new JsonObject
                {
                    ["_rid"] = rid,
                    [name] = new JsonArray([.. items]),
                    ["_count"] = items.Count,
                }
            )
            .With("x-ms-item-count", $"{items.Count}")
            .WithCharge(ReadCharge);

    private static string NameIn(JsonElement sent) => DocumentId.Require(CosmosRequest.BodyText(sent, "id"));
}
