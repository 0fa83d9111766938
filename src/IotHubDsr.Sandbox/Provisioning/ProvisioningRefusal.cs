using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Provisioning;

/// <summary>A request that the service refuses. The first three digits of the code are the HTTP status.</summary>
internal sealed class ProvisioningRefusal(int code, string text) : Exception(text)
{
    public const int Invalid = 400004;
    public const int NotAuthenticated = 401002;
    public const int NotAuthorized = 403000;
    public const int Missing = 404201;
    public const int Exists = 409203;
    public const int Changed = 412001;
    public const int Throttled = 429001;

    /// <summary>Not a code of the service: what it may well do, and this sandbox does not.</summary>
    public const int Unknown = 501000;

    public int Code => code;

    public static ProvisioningRefusal NotSimulated(string what) => new(Unknown, $"Not simulated by the sandbox: {what}.");

    public Task WriteAsync(HttpContext context, DateTimeOffset now)
    {
        context.Response.Headers["x-ms-error-code"] = code.ToString(CultureInfo.InvariantCulture);
        var body = new JsonObject
        {
            ["errorCode"] = code,
            ["trackingId"] = Guid.NewGuid().ToString(),
            ["message"] = Message,
            ["info"] = new JsonObject(),
            ["timestampUtc"] = now.UtcDateTime.ToString("o", CultureInfo.InvariantCulture),
        };
        return Reply.JsonAsync(context, code / 1000, body);
    }

    /// <summary>The refusal that an injected fault of a status is.</summary>
    public static ProvisioningRefusal OfStatus(int status, string text) =>
        new(
            status switch
            {
                401 => NotAuthenticated,
                404 => Missing,
                412 => Changed,
                429 => Throttled,
                _ => status * 1000,
            },
            text
        );
}
