using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;

namespace IotHubDsr.Sandbox.Logs.Rest;

/// <summary>A request that the query API refuses.</summary>
internal sealed class LogException(int status, string code, string text) : Exception(text)
{
    public int Status => status;

    public string Code => code;

    /// <summary>What is behind the error, in the service's shape.</summary>
    public JsonObject? Inner { get; init; }
}

/// <summary>The errors of the query API.</summary>
internal static class LogErrors
{
    public const string PartialError = "PartialError";

    public static LogException Unauthorized => new(401, "AuthorizationRequiredError", "Valid authentication was not provided");

    public static LogException InvalidToken => new(401, "InvalidTokenError", "The provided authentication is not valid for this resource");

    public static LogException WrongAudience =>
        new(403, "InvalidAuthenticationTokenAudience", "The access token has been obtained from wrong audience or resource.");

    public static LogException InsufficientAccess =>
        new(403, "InsufficientAccessError", "The provided credentials have insufficient access to perform the requested operation");

    public static LogException PathNotFound => new(404, "PathNotFoundError", "The requested path does not exist");

    public static LogException Throttled => new(429, "ThrottledError", "The request is throttled. Try again later.");

    public static LogException Timeout => new(504, "GatewayTimeout", "Gateway timeout");

    public static LogException NotSimulated(string what) => new(501, "NotSimulated", $"Not simulated by the sandbox: {what}.");

    public static LogException BadArgument(string text, JsonObject? inner = null) =>
        new(400, "BadArgumentError", "The request had some invalid properties")
        {
            Inner = inner ?? new JsonObject { ["code"] = "InvalidArgument", ["message"] = text },
        };

    /// <summary>A refused query: what kind of error it is, and in that where it is and what.</summary>
    public static LogException Of(KustoRefusal refusal)
    {
        var detail = new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message };
        if (refusal.IsSyntax)
        {
            detail["line"] = refusal.Line;
            detail["pos"] = refusal.Column;
            detail["token"] = refusal.Token;
        }

        return BadArgument(
            refusal.Message,
            new JsonObject
            {
                ["code"] = refusal.IsSyntax ? "SyntaxError" : "SemanticError",
                ["message"] = refusal.IsSyntax ? "A recognition error occurred in the query." : "A semantic error occurred.",
                ["innererror"] = detail,
            }
        );
    }

    /// <summary>An injected error: of each status the service has one of its own.</summary>
    public static LogException OfStatus(int status, string text) =>
        status switch
        {
            400 => BadArgument(text),
            401 => Unauthorized,
            403 => InsufficientAccess,
            404 => PathNotFound,
            429 => Throttled,
            504 => Timeout,
            503 => new(status, "ServiceUnavailableError", text),
            _ => new(status, "InternalServerError", text),
        };

    public static JsonObject Describe(LogException error)
    {
        var described = new JsonObject
        {
            ["message"] = error.Message,
            ["code"] = error.Code,
            ["correlationId"] = Guid.NewGuid().ToString(),
        };
        if (error.Inner is not null)
            described["innererror"] = error.Inner.DeepClone();

        return new JsonObject { ["error"] = described };
    }

    /// <summary>What an answer says that is not the whole answer.</summary>
    public static JsonObject Partial(string text, string code) =>
        new()
        {
            ["code"] = PartialError,
            ["message"] = "There were some errors when processing your query.",
            ["details"] = new JsonArray(
                new JsonObject
                {
                    ["code"] = "EngineError",
                    ["message"] = "Something went wrong processing your query on the server.",
                    ["innererror"] = new JsonObject { ["code"] = code, ["message"] = text },
                }
            ),
        };
}
