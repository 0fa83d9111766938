using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>A request that Resource Manager, or a resource provider behind it, refuses.</summary>
internal sealed class ArmRefusal(int status, string code, string text) : Exception(text)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>The provider whose error shape is used; null is Resource Manager itself.</summary>
    public string? Provider { get; init; }

    /// <summary>What Azure may well have, and this sandbox does not.</summary>
    public static ArmRefusal NotSimulated(string what, string? provider) =>
        new(501, "NotSimulated", $"Not simulated by the sandbox: {what}.") { Provider = provider };
}

/// <summary>The two shapes of errors: Microsoft.Devices answers with a flat object, everybody else with an envelope.</summary>
internal static class ArmErrors
{
    public const string Devices = "Microsoft.Devices";

    public static Task WriteAsync(HttpContext context, int status, string code, string text, string? provider = null)
    {
        context.Response.Headers["x-ms-failure-cause"] = provider is null ? "gateway" : "service";
        JsonObject body = Devices.Equals(provider, StringComparison.OrdinalIgnoreCase)
            ? new JsonObject
            {
                ["code"] = code,
                ["httpStatusCode"] = status.ToString(),
                ["message"] = text,
                ["details"] = null,
            }
            : new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = code, ["message"] = text },
            };
        return Reply.JsonAsync(context, status, body);
    }
}
