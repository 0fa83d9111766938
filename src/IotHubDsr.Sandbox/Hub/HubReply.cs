using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>What the hub answers.</summary>
internal sealed record HubReply(int Status, JsonNode? Body = null)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static HubReply Ok(JsonNode body) => new(StatusCodes.Status200OK, body);

    /// <summary>Identities and twins carry their ETag in the body and, quoted, in the header.</summary>
    public static HubReply Tagged(JsonNode body, string etag) =>
        Ok(body) with
        {
            Headers = new Dictionary<string, string> { ["ETag"] = $"\"{etag}\"" },
        };

    /// <summary>
    /// The service writes the message of an error in two forms, and clients must read both. Here bad-request errors are JSON inside a
    /// string, all others "ErrorCode:Name;text", as the service answers for a device that it does not know.
    /// </summary>
    public static HubReply Refused(HubError error, int status, string text, DateTimeOffset now)
    {
        string tracking = string.Create(
            CultureInfo.InvariantCulture,
            $"{now.UtcTicks:X}-G:0-TimeStamp:{now.UtcDateTime:MM/dd/yyyy HH:mm:ss}"
        );
        string message = status is 400
            ? new JsonObject
            {
                ["errorCode"] = (int)error,
                ["trackingId"] = tracking,
                ["message"] = text,
                ["timestampUtc"] = now.UtcDateTime.ToString("o", CultureInfo.InvariantCulture),
            }.ToJsonString()
            : $"ErrorCode:{error};{text}";
        return new HubReply(status, new JsonObject { ["Message"] = message, ["ExceptionMessage"] = $"Tracking ID:{tracking}" })
        {
            Headers = new Dictionary<string, string> { ["iothub-errorcode"] = error.ToString() },
        };
    }

    public async Task WriteAsync(HttpContext context)
    {
        foreach ((string? name, string? value) in Headers)
            context.Response.Headers[name] = value;

        if (Body is null)
        {
            context.Response.StatusCode = Status;
            return;
        }

        await Reply.JsonAsync(context, Status, Body);
    }
}
