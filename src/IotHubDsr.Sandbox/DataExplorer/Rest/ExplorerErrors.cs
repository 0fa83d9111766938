using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;

namespace IotHubDsr.Sandbox.DataExplorer.Rest;

/// <summary>A request that Data Explorer refuses.</summary>
internal sealed class ExplorerException(int status, string code, string text, bool isPermanent = true) : Exception(text)
{
    public int Status => status;

    public string Code => code;

    public JsonObject Describe() =>
        new()
        {
            ["error"] = new JsonObject
            {
                ["code"] = code,
                ["message"] = $"Request is invalid and cannot be executed.\nError details:\n{Message}",
                ["@type"] = "Kusto.DataNode.Exceptions.KustoDataNodeException",
                ["@message"] = Message,
                ["@context"] = new JsonObject { ["activityId"] = Guid.NewGuid().ToString() },
                ["@permanent"] = isPermanent,
            },
        };
}

/// <summary>The errors of Data Explorer.</summary>
internal static class ExplorerErrors
{
    public static ExplorerException Unauthorized =>
        new(401, "Unauthorized", "The request's token is missing, expired or of another audience.");

    public static ExplorerException Forbidden(string role) =>
        new(403, "Forbidden", $"Principal is not authorized to perform the operation: the role '{role}' of the database is missing.");

    public static ExplorerException NotFound(string what) =>
        new(400, "BadRequest_EntityNotFound", $"Entity ID '{what}' of kind was not found.");

    public static ExplorerException Bad(string text, string code = "General_BadRequest") => new(400, code, text);

    public static ExplorerException NotSimulated(string what) => new(501, "NotSimulated", $"Not simulated by the sandbox: {what}.");

    public static ExplorerException Of(KustoRefusal refusal) =>
        new(400, refusal.IsSyntax ? "BadRequest_SyntaxError" : "BadRequest_SemanticError", $"{refusal.Code}: {refusal.Message}");

    /// <summary>An injected error.</summary>
    public static ExplorerException OfStatus(int status, string text) =>
        status switch
        {
            401 => Unauthorized,
            403 => Forbidden("viewer"),
            429 => new(status, "TooManyRequests", text, isPermanent: false),
            _ => new(status, status < 500 ? "General_BadRequest" : "General_InternalServerError", text, isPermanent: status < 500),
        };

    /// <summary>What stands where a row does when a result is cut short.</summary>
    public static JsonObject TooLarge(string limit) =>
        new()
        {
            ["code"] = "LimitsExceeded",
            ["message"] = "Request is invalid and cannot be executed.",
            ["@type"] = "Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException",
            ["@message"] =
                $"Query execution has exceeded the allowed limits (80DA0003): The results of this query exceed the set limit of {limit}, so "
                + "not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).",
            ["@permanent"] = true,
        };

    public static JsonObject LowMemory =>
        new()
        {
            ["code"] = "Low memory condition",
            ["message"] = "The query was cut short.",
            ["@type"] = "Kusto.Data.Exceptions.KustoServicePartialQueryFailureLowMemoryConditionException",
            ["@message"] = "Query execution lacks memory resources to complete (80DA0007): Partial query failure (E_LOW_MEMORY_CONDITION).",
            ["@permanent"] = false,
        };
}
