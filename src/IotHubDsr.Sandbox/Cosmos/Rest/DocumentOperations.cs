using System.Text.Json;
using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>Operations on one document, made under the lock of its container.</summary>
internal static class DocumentOperations
{
    public const int LargestDocument = 2 * 1024 * 1024;

    private const double ReadCharge = 1;
    private const double WriteCharge = 6.29;

    public static CosmosResponse Read(CosmosRequest request, CosmosContainer container, string id)
    {
        StoredDocument document = Find(request, container, id);
        if (request.Header("If-None-Match") == document.ETag)
            return Answer(new CosmosResponse(StatusCodes.Status304NotModified), container, document).WithCharge(ReadCharge);

        var response = CosmosResponse.Write(StatusCodes.Status200OK, document.Content.WriteTo);
        return Answer(response, container, document).WithCharge(ReadCharge);
    }

    public static CosmosResponse Create(CosmosRequest request, CosmosContainer container)
    {
        (JsonElement content, string id, PartitionKeyValue key) = Sent(request, container);
        bool isThere = container.TryGet(key, id, out StoredDocument? existing);
        if (!request.Flag("x-ms-documentdb-is-upsert"))
            return isThere ? throw CosmosErrors.Conflict : Put(request, container, content, id, key, null);

        if (existing is not null)
            RequireMatch(request, existing);

        return Put(request, container, content, id, key, existing);
    }

    public static CosmosResponse Replace(CosmosRequest request, CosmosContainer container, string id)
    {
        StoredDocument existing = Find(request, container, id);
        (JsonElement content, string newId, PartitionKeyValue key) = Sent(request, container);
        RequireMatch(request, existing);
        return newId == id
            ? Put(request, container, content, id, key, existing)
            : throw CosmosErrors.BadRequest("The id cannot be changed.");
    }

    public static CosmosResponse Delete(CosmosRequest request, CosmosContainer container, string id)
    {
        StoredDocument existing = Find(request, container, id);
        RequireMatch(request, existing);
        container.Remove(existing);
        return new CosmosResponse(StatusCodes.Status204NoContent)
            .WithSession(container, container.Ranges[existing.Place.Range].Id)
            .WithCharge(WriteCharge);
    }

    /// <summary>A document is found by its whole key: under another it is not there.</summary>
    private static StoredDocument Find(CosmosRequest request, CosmosContainer container, string id)
    {
        PartitionKeyValue key = request.WholePartitionKey(container);
        return container.TryGet(key, id, out StoredDocument? document) ? document : throw CosmosErrors.NotFound;
    }

    private static (JsonElement Content, string Id, PartitionKeyValue Key) Sent(CosmosRequest request, CosmosContainer container)
    {
        PartitionKeyValue named = request.WholePartitionKey(container);
        JsonElement content = request.Body();
        string id = DocumentId.Require(CosmosRequest.BodyText(content, "id"));
        if (content.TryGetProperty("ttl", out JsonElement ttl) && !(ttl.TryGetInt32(out int seconds) && seconds is -1 or > 0))
            throw CosmosErrors.BadRequest("The value of ttl must be -1 or a positive number.");

        PartitionKeyValue key = container.Options.PartitionKey.ValueIn(content);
        return key.Text == named.Text ? (content, id, key) : throw CosmosErrors.PartitionKeyMismatch;
    }

    private static void RequireMatch(CosmosRequest request, StoredDocument document)
    {
        if (request.Header("If-Match") is { } tag && tag != "*" && tag != document.ETag)
            throw CosmosErrors.PreconditionFailed;
    }

    private static CosmosResponse Put(
        CosmosRequest request,
        CosmosContainer container,
        JsonElement content,
        string id,
        PartitionKeyValue key,
        StoredDocument? existing
    )
    {
        StoredDocument stored = container.Put(content, id, key, existing) ?? throw CosmosErrors.UniqueIndexConflict;
        int status = existing is null ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        CosmosResponse response = request.WantsContent ? CosmosResponse.Write(status, stored.Content.WriteTo) : new CosmosResponse(status);
        return Answer(response, container, stored).WithCharge(WriteCharge);
    }

    private static CosmosResponse Answer(CosmosResponse response, CosmosContainer container, StoredDocument document) =>
        response.With("etag", document.ETag).WithSession(container, container.Ranges[document.Place.Range].Id);
}
