using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>Classifies failures of a Device Provisioning Service.</summary>
internal static class ProvisioningFaults
{
    /// <summary>The service as it is named in failures.</summary>
    public static string NameOf(string hostName) => $"Device Provisioning Service {hostName}";

    /// <summary>What the service says of a failure, without credentials; null when the answer is not in its words.</summary>
    /// <param name="code">Value of the header <c>x-ms-error-code</c>.</param>
    /// <param name="json">The body.</param>
    public static string? ReasonOf(string? code, JsonElement? json)
    {
        code ??=
            json is { ValueKind: JsonValueKind.Object } && json.Value.TryGetProperty("errorCode", out JsonElement given)
                ? given.ToString()
                : null;
        if (string.IsNullOrEmpty(code))
            return null;
        string message = HubError.Cleaned(json?.Text("message") ?? string.Empty).TrimEnd('.', ' ');
        string tracking = json?.Text("trackingId") is { Length: > 0 and < 100 } id ? $"; tracking ID {HubError.Cleaned(id)}" : string.Empty;
        return $"{HubError.Cleaned(code)}{(message.Length > 0 ? $": {message}" : string.Empty)}{tracking}";
    }

    /// <summary>The failure that an answer stands for.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="operation">What was asked for.</param>
    /// <param name="hostName">Of whom.</param>
    /// <param name="scope">Where the role has to be assigned.</param>
    public static Fault For(ProvisioningReply reply, ProvisioningOperation operation, string hostName, string scope)
    {
        string service = NameOf(hostName);
        string reason = reply.Reason ?? $"status {reply.Status} without an error code; a proxy or another host may have answered";
        return reply.Status switch
        {
            401 or 403 => AzureFaults.PermissionMissing(
                $"{operation.Subject} of {service}",
                operation.Verb,
                $"the role {operation.Role} (to a shared access policy: the permission '{operation.Right}')",
                scope,
                operation.Action
            ),
            429 => FaultCatalogue.Throttled.For(service, reason),
            _ => FaultCatalogue.ServiceFailed.For(service, reason),
        };
    }

    /// <summary>The failure of an answer that claims success but does not hold what was asked for.</summary>
    public static DsrException Incomplete(string what, string hostName) =>
        FaultCatalogue.ServiceFailed.Exception(NameOf(hostName), $"the reply does not contain {what}.");
}
