using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos.Query;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>The service's errors, with its status and substatus codes.</summary>
internal static class CosmosErrors
{
    private const int PartitionKeyMismatchCode = 1001;
    private const int PartitionKeyRangeGoneCode = 1002;
    private const int OwnerNotFoundCode = 1003;
    private const int CrossPartitionCode = 1004;

    public static CosmosException NotFound =>
        new(404, "NotFound", Wrapped("Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found"));

    /// <summary>The database or container that the request names a part of.</summary>
    public static CosmosException OwnerNotFound => new(404, "NotFound", Wrapped("Owner resource does not exist"), OwnerNotFoundCode);

    public static CosmosException Conflict => new(409, "Conflict", Wrapped("Resource with specified id or name already exists."));

    public static CosmosException UniqueIndexConflict => new(409, "Conflict", Wrapped("Unique index constraint violation."));

    public static CosmosException PreconditionFailed =>
        new(412, "PreconditionFailed", Wrapped("One of the specified pre-condition is not met."));

    public static CosmosException PartitionKeyMismatch =>
        new(
            400,
            "BadRequest",
            Wrapped(
                "Partition key provided either doesn't correspond to definition in the collection or doesn't match partition key field "
                    + "values specified in the document."
            ),
            PartitionKeyMismatchCode
        );

    public static CosmosException PartitionKeyMissing =>
        new(400, "BadRequest", Wrapped("PartitionKey value must be supplied for this operation."), PartitionKeyMismatchCode);

    public static CosmosException CrossPartitionDisabled =>
        new(
            400,
            "BadRequest",
            "Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, specify "
                + "x-ms-documentdb-partitionkey, or revise your query to avoid this exception.",
            CrossPartitionCode
        );

    public static CosmosException CrossPartitionNotServable =>
        new(
            400,
            "BadRequest",
            "The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) "
                + "exception that all newer clients will know how to handle gracefully. This exception is traced, but unless you see it "
                + "bubble up as an exception (which only happens on older SDK clients), then you can safely ignore this message.",
            CrossPartitionCode
        );

    public static CosmosException RangeGone =>
        new(410, "Gone", Wrapped("The requested partition key range is not there."), PartitionKeyRangeGoneCode);

    public static CosmosException MethodNotAllowed => new(405, "MethodNotAllowed", Wrapped("The requested verb is not supported."));

    public static CosmosException TooLarge => new(413, "RequestEntityTooLarge", Wrapped("Request size is too large"));

    public static CosmosException BadRequest(string text) => new(400, "BadRequest", Wrapped(text));

    public static CosmosException Missing(string property) =>
        BadRequest($"The input content is invalid because the required properties - '{property}; ' - are missing");

    public static CosmosException HeaderValue(string name, string value) =>
        BadRequest($"Invalid value '{value}' specified for the header '{name}'.");

    /// <summary>Not an error of the service: what it may well do, and this sandbox does not.</summary>
    public static CosmosException NotSimulated(string what) => new(501, "NotImplemented", $"Not simulated by the sandbox: {what}.");

    public static CosmosException Of(SqlRefusal refusal)
    {
        var error = new JsonObject
        {
            ["severity"] = "Error",
            ["location"] = new JsonObject { ["start"] = refusal.Start, ["end"] = refusal.End },
            ["code"] = refusal.Code,
            ["message"] = refusal.Message,
        };
        return new(400, "BadRequest", $"Message: {new JsonObject { ["errors"] = new JsonArray(error) }.ToJsonString()}");
    }

    private static string Wrapped(string text) => $"Message: {new JsonObject { ["Errors"] = new JsonArray(text) }.ToJsonString()}";
}
